// Small drawings with sliders. A widget is what refnetWidget(name, {...}) registers:
//   controls: the sliders and choices
//   compute(values): the numbers that are drawn, a pure function that the tests compare with refnet
//   draw(tools, numbers, values): the drawing, as SVG
//   text(numbers, values): the same in a sentence
// Plain scripts, not modules: these work from a folder too, without a server.
"use strict";
window.refnetWidgets = {};

function refnetWidget(name, widget) {
  window.refnetWidgets[name] = widget;
  document.querySelectorAll(`figure.refnet-widget[data-widget="${name}"]`)
    .forEach((figure, number) => refnetShow(figure, `${name}-${number}`, widget));
}

function refnetShow(figure, id, widget) {
  const caption = figure.querySelector("figcaption");
  caption.id = `widget-${id}-caption`;
  const values = {}, outputs = {}, panel = document.createElement("div");
  panel.className = "controls";
  for (const control of widget.controls) {
    values[control.id] = control.value;
    const label = document.createElement("label");
    const input = document.createElement(control.options ? "select" : "input");
    label.append(control.label, " ");
    if (control.options) {
      for (const option of control.options) input.append(new Option(option, option));
    } else {
      Object.assign(input, { type: "range", min: control.min, max: control.max, step: control.step });
    }
    input.value = control.value;
    input.id = `widget-${id}-${control.id}`;
    label.htmlFor = input.id;
    label.append(input);
    if (!control.options) {
      outputs[control.id] = document.createElement("output");
      outputs[control.id].htmlFor = input.id;
      label.append(outputs[control.id]);
    }
    input.addEventListener("input", () => {
      values[control.id] = control.options ? input.value : Number(input.value);
      update();
    });
    panel.append(label);
  }
  const [width, height] = widget.size || [640, 300];
  const svg = refnetSvg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-labelledby": caption.id });
  const sentence = document.createElement("p");
  sentence.setAttribute("aria-live", "polite");
  figure.prepend(panel, svg, sentence);

  function update() {
    for (const control of widget.controls) {
      if (!outputs[control.id]) continue;
      const value = values[control.id];
      outputs[control.id].textContent = (control.format ? control.format(value) : String(value))
        .replace("-", "−");
    }
    const numbers = widget.compute(values);
    svg.replaceChildren();
    widget.draw(refnetTools(svg), numbers, values);
    sentence.textContent = widget.text(numbers, values);
  }
  update();
}

function refnetSvg(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// What a drawing needs: shapes in pixels, and charts with axes.
function refnetTools(svg) {
  const add = (tag, attributes, text) => svg.appendChild(refnetSvg(tag, attributes, text));
  const tools = {
    add,
    text: (x, y, text, more = {}) => add("text", { x, y, "text-anchor": "middle", ...more }, text),
    // A chart in the box {left, top, width, height} with the given ranges; returns its scales.
    chart(box, [x0, x1], [y0, y1], { xLabel = "", yLabel = "", xTicks = [], yTicks = [] } = {}) {
      const x = (v) => box.left + ((v - x0) / (x1 - x0)) * box.width;
      const y = (v) => box.top + (1 - (v - y0) / (y1 - y0)) * box.height;
      for (const v of xTicks) {
        add("line", { x1: x(v), x2: x(v), y1: box.top, y2: box.top + box.height, class: "grid" });
        tools.text(x(v), box.top + box.height + 16, refnetNumber(v));
      }
      for (const v of yTicks) {
        add("line", { x1: box.left, x2: box.left + box.width, y1: y(v), y2: y(v), class: "grid" });
        tools.text(box.left - 6, y(v) + 4, refnetNumber(v), { "text-anchor": "end" });
      }
      tools.text(box.left + box.width / 2, box.top + box.height + 34, xLabel);
      tools.text(box.left, box.top - 8, yLabel, { "text-anchor": "start" });
      const inside = (v) => Math.max(-1e4, Math.min(1e4, v));
      return {
        x, y,
        line: (points, colour, more = {}) => add("polyline", {
          points: points.map(([a, b]) => `${inside(x(a)).toFixed(2)},${inside(y(b)).toFixed(2)}`).join(" "),
          class: `line ${colour}`, ...more }),
        dot: (a, b, colour, r = 4) => add("circle", { cx: inside(x(a)), cy: inside(y(b)), r, class: `dot ${colour}` }),
      };
    },
  };
  return tools;
}

function refnetNumber(v, digits = 3) {
  if (v === 0) return "0";
  const size = Math.abs(v);
  if (!Number.isFinite(v)) return String(v);
  return (size >= 1e4 || size < 1e-3 ? v.toExponential(1) : String(Number(v.toPrecision(digits))))
    .replace("-", "−").replace("e+", "e");
}
