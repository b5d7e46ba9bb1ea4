"use strict";
// A chain of one unit a layer: a = σ(w a), from x = 1. The error of layer l over that of the last.
(() => {
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const ACTIVATIONS = {
    sigmoid: [sigmoid, (z) => sigmoid(z) * (1 - sigmoid(z))],
    tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2],
    relu: [(z) => Math.max(0, z), (z) => (z > 0 ? 1 : 0)],
  };
  refnetWidget("vanishing-gradient", {
    controls: [
      { id: "name", label: "activation", options: Object.keys(ACTIVATIONS), value: "sigmoid" },
      { id: "depth", label: "layers L", min: 2, max: 30, step: 1, value: 12 },
      { id: "weight", label: "weight w", min: 0.2, max: 4, step: 0.1, value: 1,
        format: (v) => v.toFixed(1) },
    ],
    compute({ name, depth, weight }) {
      const [f, slope] = ACTIVATIONS[name];
      const zs = [];
      for (let a = 1, layer = 0; layer < depth; layer += 1) {
        zs.push(weight * a);
        a = f(zs[layer]);
      }
      const errors = [1]; // of the last layer, by itself
      for (let layer = depth - 2; layer >= 0; layer -= 1) {
        errors.unshift(errors[0] * weight * slope(zs[layer]));
      }
      return { errors };
    },
    draw(tools, { errors }) {
      const depth = errors.length;
      const chart = tools.chart({ left: 60, top: 26, width: 560, height: 220 }, [0.4, depth + 0.6], [-20, 20],
        { xLabel: "layer l", yLabel: "log₁₀ |δˡ / δᴸ|", xTicks: [1, Math.ceil(depth / 2), depth],
          yTicks: [-20, -10, 0, 10, 20] });
      errors.forEach((error, i) => {
        const height = Math.max(-20, Math.min(20, Math.log10(Math.abs(error) + 1e-300)));
        const [top, bottom] = [chart.y(Math.max(0, height)), chart.y(Math.min(0, height))];
        tools.add("rect", { x: chart.x(i + 0.7), width: chart.x(i + 1.3) - chart.x(i + 0.7),
          y: top, height: Math.max(1, bottom - top), class: `bar ${height < 0 ? "blue" : "orange"}` });
      });
    },
    text: ({ errors }, { depth }) =>
      `The error of layer 1 is ${refnetNumber(errors[0])} times that of layer ${depth}: a product of ` +
      `${depth - 1} factors w σ′(z).`,
  });
})();
