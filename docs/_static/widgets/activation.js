"use strict";
// An activation, its slope, and the tangent at one point.
(() => {
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const density = (x) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  // Φ(x) = 1/2 + φ(x) (x + x³/3 + x⁵/(3·5) + …); beyond |x| = 6 it is 0 or 1 to 1e-9.
  const normal = (x) => {
    if (Math.abs(x) > 6) return x > 0 ? 1 : 0;
    let term = x, sum = x;
    for (let n = 3; n < 120; n += 2) { term *= (x * x) / n; sum += term; }
    return 0.5 + density(x) * sum;
  };
  const ACTIVATIONS = {
    sigmoid: [sigmoid, (x) => sigmoid(x) * (1 - sigmoid(x))],
    tanh: [Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
    relu: [(x) => Math.max(0, x), (x) => (x > 0 ? 1 : 0)],
    leaky_relu: [(x) => (x > 0 ? x : 0.01 * x), (x) => (x > 0 ? 1 : 0.01)],
    gelu: [(x) => x * normal(x), (x) => normal(x) + x * density(x)],
    silu: [(x) => x * sigmoid(x), (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x)))],
    softplus: [(x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), sigmoid],
  };
  refnetWidget("activation", {
    controls: [
      { id: "name", label: "activation", options: Object.keys(ACTIVATIONS), value: "sigmoid" },
      { id: "x", label: "x", min: -5, max: 5, step: 0.1, value: 1, format: (v) => v.toFixed(1) },
    ],
    compute({ name, x }) {
      const [f, slope] = ACTIVATIONS[name];
      const grid = Array.from({ length: 201 }, (_, i) => -5 + i / 20);
      return { y: f(x), slope: slope(x), curve: grid.map((t) => [t, f(t)]),
        slopes: grid.map((t) => [t, slope(t)]) };
    },
    draw(tools, { y, slope, curve, slopes }, { x }) {
      const ticks = [-4, -2, 0, 2, 4];
      const left = tools.chart({ left: 40, top: 26, width: 265, height: 220 }, [-5, 5], [-1.5, 5],
        { xLabel: "x", yLabel: "σ(x) and its tangent", xTicks: ticks, yTicks: [-1, 0, 1, 2, 3, 4, 5] });
      left.line(curve, "blue");
      left.line([[x - 1.5, y - 1.5 * slope], [x + 1.5, y + 1.5 * slope]], "orange");
      left.dot(x, y, "orange");
      const right = tools.chart({ left: 360, top: 26, width: 265, height: 220 }, [-5, 5], [-0.25, 1.25],
        { xLabel: "x", yLabel: "σ′(x)", xTicks: ticks, yTicks: [0, 0.25, 0.5, 0.75, 1] });
      right.line(slopes, "blue");
      right.dot(x, slope, "orange");
    },
    text: ({ y, slope }, { name, x }) =>
      `${name}(${refnetNumber(x)}) = ${refnetNumber(y, 4)}, with the slope ${refnetNumber(slope, 4)}. ` +
      `A gradient that passes here is multiplied by ${refnetNumber(slope, 4)}.`,
  });
})();
