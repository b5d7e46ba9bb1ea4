"use strict";
// Gradient descent with momentum on f(x, y) = (x² + 10 y²) / 2, from (−4, 1).
refnetWidget("learning-rate", {
  controls: [
    { id: "rate", label: "learning rate η", min: 0.005, max: 0.22, step: 0.005, value: 0.05,
      format: (v) => v.toFixed(3) },
    { id: "momentum", label: "momentum μ", min: 0, max: 0.95, step: 0.05, value: 0,
      format: (v) => v.toFixed(2) },
  ],
  compute({ rate, momentum }) {
    const steps = 40, path = [[-4, 1]];
    let [x, y] = path[0], u = 0, v = 0;
    for (let step = 0; step < steps; step += 1) {
      u = momentum * u + x;
      v = momentum * v + 10 * y;
      x -= rate * u;
      y -= rate * v;
      path.push([x, y]);
    }
    return { path, losses: path.map(([a, b]) => 0.5 * (a * a + 10 * b * b)) };
  },
  draw(tools, { path, losses }) {
    const left = tools.chart({ left: 40, top: 26, width: 330, height: 220 }, [-5, 5], [-2, 2],
      { xLabel: "x", yLabel: "y", xTicks: [-4, -2, 0, 2, 4], yTicks: [-1, 0, 1] });
    for (const level of [0.5, 2, 5, 9, 14]) {
      const ring = Array.from({ length: 73 }, (_, i) => (i * Math.PI) / 36).map((t) =>
        [Math.sqrt(2 * level) * Math.cos(t), Math.sqrt(level / 5) * Math.sin(t)]);
      left.line(ring, "soft");
    }
    const shown = path.filter(([a, b]) => Math.abs(a) < 6 && Math.abs(b) < 3);
    left.line(shown, "blue");
    shown.forEach(([a, b]) => left.dot(a, b, "blue", 2.5));
    left.dot(0, 0, "orange", 4);
    const right = tools.chart({ left: 450, top: 26, width: 170, height: 220 }, [0, 40], [-6, 4],
      { xLabel: "step", yLabel: "log₁₀ f", xTicks: [0, 20, 40], yTicks: [-6, -3, 0, 3] });
    right.line(losses.map((f, i) => [i, Math.max(-6, Math.min(4, Math.log10(f + 1e-300)))]), "orange");
  },
  text({ losses }, { rate, momentum }) {
    const limit = (2 * (1 + momentum)) / 10;
    const last = losses[losses.length - 1];
    return `After 40 steps f = ${refnetNumber(last)}, from ${refnetNumber(losses[0])}. ` + (rate > limit
      ? `η is above 2 (1 + μ) / 10 = ${refnetNumber(limit)}: the steps across the valley grow.`
      : `Steps across the valley shrink as long as η < 2 (1 + μ) / 10 = ${refnetNumber(limit)}.`);
  },
});
