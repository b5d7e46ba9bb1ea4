"use strict";
// One LSTM cell with one unit over 16 steps: x is 1 at step 2 and −1 at step 9.
(() => {
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const INPUT = Array.from({ length: 16 }, (_, t) => (t === 2 ? 1 : t === 9 ? -1 : 0));
  refnetWidget("lstm-gates", {
    size: [640, 320],
    controls: [
      { id: "forget", label: "bias of the forget gate", min: -4, max: 6, step: 0.5, value: 3,
        format: (v) => v.toFixed(1) },
      { id: "input", label: "weight of the input gate", min: 0, max: 8, step: 0.5, value: 6,
        format: (v) => v.toFixed(1) },
      { id: "output", label: "bias of the output gate", min: -4, max: 4, step: 0.5, value: 1,
        format: (v) => v.toFixed(1) },
    ],
    // i = σ(w x² − 3), f = σ(b), g = tanh(2 x), o = σ(b); the square opens the gate for both pulses.
    compute({ forget, input, output }) {
      const rows = [];
      let c = 0;
      for (const x of INPUT) {
        const i = sigmoid(input * x * x - 3), f = sigmoid(forget), g = Math.tanh(2 * x), o = sigmoid(output);
        c = f * c + i * g;
        rows.push({ x, i, f, g, o, c, h: o * Math.tanh(c) });
      }
      return { rows };
    },
    draw(tools, { rows }) {
      const steps = [0, 5, 10, 15];
      const gates = tools.chart({ left: 40, top: 26, width: 265, height: 230 }, [0, 15], [-1.1, 1.1],
        { xLabel: "step t", yLabel: "x, and the gates i, f, o", xTicks: steps, yTicks: [-1, 0, 1] });
      [["x", "soft"], ["i", "blue"], ["f", "orange"], ["o", "violet"]].forEach(([key, colour], k) => {
        gates.line(rows.map((row, t) => [t, row[key]]), colour);
        tools.text(70 + 60 * k, 312, key, { class: colour });
      });
      const cell = tools.chart({ left: 360, top: 26, width: 265, height: 230 }, [0, 15], [-1.1, 1.1],
        { xLabel: "step t", yLabel: "the cell c, and the output h", xTicks: steps, yTicks: [-1, 0, 1] });
      [["c", "blue"], ["h", "orange"]].forEach(([key, colour], k) => {
        cell.line(rows.map((row, t) => [t, row[key]]), colour);
        tools.text(400 + 60 * k, 312, key, { class: colour });
      });
    },
    text({ rows }) {
      const [stored, later] = [rows[2], rows[8]];
      return `At step 2 the input gate is ${refnetNumber(stored.i)}, so the cell stores ${refnetNumber(stored.c)}. ` +
        `The forget gate is ${refnetNumber(later.f)}: after six steps ` +
        `${refnetNumber((100 * later.c) / (stored.c || 1))} % of it are left. The output gate is ` +
        `${refnetNumber(later.o)}, so h is ${refnetNumber(later.h)} then. The derivative of a later c with ` +
        `respect to an earlier one is the product of the forget gates between them.`;
    },
  });
})();
