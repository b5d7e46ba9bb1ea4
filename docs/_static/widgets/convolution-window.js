"use strict";
// A window of 3 × 3 weights slides over an image of 8 × 8 pixels.
(() => {
  const IMAGE = ["00000000", "00111100", "00000100", "00001000", "00010000", "00010000", "00010000", "00000000"]
    .map((row) => [...row].map(Number));
  const KERNELS = {
    "vertical edge": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "horizontal edge": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    mean: Array(3).fill(Array(3).fill(1 / 9)),
    sharpen: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
  };
  const grid = (tools, table, left, top, side, shade, mark) => table.forEach((row, i) => row.forEach((v, j) => {
    tools.add("rect", { x: left + j * side, y: top + i * side, width: side, height: side, class: "cell",
      "fill-opacity": Math.min(1, Math.abs(shade(v))), ...(v < 0 ? { "data-sign": "minus" } : {}) });
    if (mark && mark(i, j)) tools.add("rect", { x: left + j * side + 1, y: top + i * side + 1, width: side - 2,
      height: side - 2, class: "marked" });
  }));
  refnetWidget("convolution-window", {
    size: [640, 290],
    controls: [
      { id: "kernel", label: "weights", options: Object.keys(KERNELS), value: "vertical edge" },
      { id: "padding", label: "padding", min: 0, max: 1, step: 1, value: 0 },
      { id: "row", label: "row of the output", min: 0, max: 7, step: 1, value: 1 },
      { id: "column", label: "column of the output", min: 0, max: 7, step: 1, value: 2 },
    ],
    compute({ kernel, padding, row, column }) {
      const size = 6 + 2 * padding, weights = KERNELS[kernel];
      const pixel = (i, j) => (IMAGE[i] && IMAGE[i][j] !== undefined ? IMAGE[i][j] : 0);
      const output = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) =>
        weights.flat().reduce((sum, w, k) => sum + w * pixel(i - padding + Math.floor(k / 3), j - padding + (k % 3)), 0)));
      return { image: IMAGE, weights, output, row: Math.min(row, size - 1), column: Math.min(column, size - 1) };
    },
    draw(tools, { image, weights, output, row, column }, { padding }) {
      const side = 26, [i0, j0] = [row - padding, column - padding];
      tools.text(130, 22, "image 8 × 8");
      grid(tools, image, 26, 40, side, (v) => v * 0.85);
      tools.add("rect", { x: 26 + j0 * side, y: 40 + i0 * side, width: 3 * side, height: 3 * side, class: "window" });
      tools.text(316, 22, "weights 3 × 3");
      grid(tools, weights, 277, 105, side, (v) => v / 2);
      weights.forEach((line, i) => line.forEach((w, j) => tools.text(277 + (j + 0.5) * side, 105 + (i + 0.65) * side,
        refnetNumber(w, 2), { class: "small" })));
      const n = output.length;
      tools.text(500, 22, `output ${n} × ${n}`);
      grid(tools, output, 500 - (n * side) / 2, 40, side, (v) => v / 3, (i, j) => i === row && j === column);
    },
    text({ output, row, column }, { padding }) {
      return `y[${row}, ${column}] = ${refnetNumber(output[row][column])}: the sum of nine products, with the window ` +
        `at rows ${row - padding} to ${row - padding + 2} and columns ${column - padding} to ${column - padding + 2} ` +
        `of the image. The same nine weights give all ${output.length ** 2} outputs.`;
    },
  });
})();
