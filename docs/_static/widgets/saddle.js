"use strict";
// Gradient descent on f(x, y) = (x² − y²) / 2, from (1, start).
refnetWidget("saddle", {
  controls: [
    { id: "start", label: "start beside the ridge, log₁₀ y₀", min: -8, max: -1, step: 0.5, value: -3,
      format: (v) => v.toFixed(1) },
    { id: "rate", label: "learning rate η", min: 0.02, max: 0.5, step: 0.02, value: 0.1,
      format: (v) => v.toFixed(2) },
  ],
  compute({ start, rate }) {
    const path = [[1, 10 ** start]];
    while (path.length <= 400 && Math.abs(path[path.length - 1][1]) < 1) {
      const [x, y] = path[path.length - 1];
      path.push([x - rate * x, y + rate * y]);
    }
    return { path, steps: path.length - 1, losses: path.map(([x, y]) => 0.5 * (x * x - y * y)) };
  },
  draw(tools, { path, losses }) {
    const left = tools.chart({ left: 40, top: 26, width: 270, height: 220 }, [-1.2, 1.2], [-1.2, 1.2],
      { xLabel: "x: uphill on both sides", yLabel: "y: downhill on both sides", xTicks: [-1, 0, 1], yTicks: [-1, 0, 1] });
    for (const level of [0.1, 0.3, 0.6]) {
      const t = Array.from({ length: 41 }, (_, i) => -1.2 + i * 0.06);
      const bend = t.map((v) => [v, Math.sqrt(v * v + 2 * level)]).filter(([, b]) => b <= 1.2);
      for (const sign of [1, -1]) {
        left.line(bend.map(([a, b]) => [a, sign * b]), "soft");
        left.line(bend.map(([a, b]) => [sign * b, a]), "soft");
      }
    }
    left.line(path, "blue");
    path.forEach(([a, b]) => left.dot(a, b, "blue", 2.5));
    left.dot(0, 0, "orange");
    const last = Math.max(10, losses.length - 1);
    const right = tools.chart({ left: 370, top: 26, width: 250, height: 220 }, [0, last], [-0.7, 0.7],
      { xLabel: "step", yLabel: "f", xTicks: [0, Math.round(last / 2), last], yTicks: [-0.5, 0, 0.5] });
    right.line(losses.map((f, i) => [i, f]), "orange");
  },
  text: ({ steps }, { start }) =>
    `${steps} steps until |y| ≥ 1. On the way f stays near 0 and looks like a plateau; ` +
    `each factor of 10 nearer to the ridge adds the same number of steps. y₀ = ${refnetNumber(10 ** start)}.`,
});
