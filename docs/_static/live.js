// Live cells: Run, Edit, Reset and Stop for each cell of a page, Check for each exercise.
//
// Python runs in one worker for the page (live-worker.js), which starts at the first click. A cell
// runs the cells above it first where they have not run as they read now, so what a reader sees is
// what the page gives from top to bottom.

(() => {
  const base = document.currentScript.src;
  const address = (name) => new URL(name, base).href;
  const marked = (name) => `${address(name)}?v=${liveSettings.mark}`; // not an older, cached one
  const settings = {
    runtime: address(liveSettings.runtime),
    wheel: marked(liveSettings.wheel),
    source: marked("live_session.py"),
    style: marked("matplotlibrc"),
  };

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // ---------------------------------------------------------------------------- the worker

  const python = {
    worker: null,
    job: null, // of the cell that runs
    count: 0,
    packages: [], // that the worker has loaded
    round: 0, // how many workers have ended

    start() {
      const worker = new Worker(marked("live-worker.js"), { type: "module" });
      const current = (act) => (value) => worker === this.worker && act(value);
      this.worker = worker;
      worker.onmessage = current(({ data: message }) => this.hear(message));
      worker.onerror = current((event) => {
        event.preventDefault();
        this.crash(event.message || "the worker could not be loaded");
      });
      worker.lock = `refnet-live-${Date.now()}-${Math.random()}`;
      worker.current = current;
    },

    // Resolves to the last message about a job: whether it ended without an error, and its seconds.
    ask(message, cell) {
      if (!this.worker) this.start();
      return new Promise((resolve, reject) => {
        this.job = { resolve, reject };
        this.cell = cell;
        this.post(message);
      });
    },

    post(message) {
      const all = { ...settings, lock: this.worker.lock };
      this.worker.postMessage({ ...message, settings: all, job: ++this.count });
    },

    hear(message) {
      if (message.locked) {
        navigator.locks.request(message.locked, this.worker.current(() => this.crash("it ended")));
      } else if (message.failed) {
        this.end(`Python could not be loaded (${message.failed}). Run again to try once more.`);
      } else if (message.crashed) {
        this.crash(message.crashed);
      } else if (message.done) {
        this.running = true;
        this.packages = message.packages;
        for (const cell of [...cells, ...exercises]) cell.tellSize();
        if (message.job !== this.count) return;
        this.job?.resolve(message);
        this.job = null;
      } else if (message.job === this.count && this.job) {
        this.cell.hear(message);
      }
    },

    crash(reason) {
      const ran = this.running;
      this.end(`Python crashed (${reason.split("\n")[0]}). `
        + "A new Python starts; what the cells above computed is computed again.");
      if (ran) {
        this.start();
        this.post({}); // loads, so that the next run need not wait
      }
    },

    end(reason) {
      this.worker?.terminate();
      this.worker = null;
      this.running = false;
      this.round += 1;
      for (const cell of cells) cell.ran = null;
      this.cell?.say(reason);
      const job = this.job;
      this.job = null;
      job?.reject(new Error(reason));
    },
  };

  let turn = Promise.resolve(); // ends when every cell that was asked to run has run

  function inTurn(cell, work) {
    const round = python.round;
    cell.busy(true);
    cell.say(python.job ? "Waiting for another cell…" : "Starting…");
    turn = turn.then(async () => {
      cell.busy(true); // again, where it has run meanwhile for a cell below
      try {
        cell.say(round === python.round ? await work() : "Stopped before it ran.");
      } catch (error) {
        cell.say(error.message);
      }
      cell.busy(false);
    });
  }

  // ---------------------------------------------------------------------------- the editor

  const WORDS = "and as assert async await break continue del elif else except finally for from "
    + "global if import in is lambda nonlocal not or pass raise return try while with yield";
  const TOKENS = new RegExp([
    /(?<c1>#.*)/,
    /(?<s2>[rbfuRBFU]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
    /(?<nf>(?<=\b(?:def|class)\s+)\w+)/,
    /\b(?<kc>True|False|None)\b/,
    /(?<mi>\b\d[\w.]*(?:(?<=e)[-+]?\d+)?)/,
    /(?<o>[-+*\/%@=<>!&|^~]+)/,
    new RegExp(`\\b(?<k>${WORDS.replaceAll(" ", "|")}|def|class)\\b`),
  ].map((part) => part.source).join("|"), "g");

  // Python's text as spans with the classes of the static page's highlighter.
  function highlighted(text) {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(TOKENS)) {
      const [kind] = Object.entries(match.groups).find(([, found]) => found !== undefined);
      parts.push(text.slice(end, match.index), element("span", { class: kind }, match[0]));
      end = match.index + match[0].length;
    }
    return [...parts, text.slice(end), "\n"];
  }

  // A text area without colour of its own, laid over the coloured text.
  class Editor {
    constructor(pre, name, keys, changed) {
      this.pre = pre;
      this.keys = keys; // the id of the text that explains them
      this.original = [...pre.childNodes];
      this.initial = pre.textContent.replace(/\n$/, "");
      this.name = name;
      this.changed = changed;
    }

    get text() {
      return this.area ? this.area.value : this.initial;
    }

    open(leave, run) {
      if (this.area) return;
      const look = getComputedStyle(this.pre);
      this.area = element("textarea", {
        class: "live-area", "aria-label": `Code of ${this.name}`, spellcheck: "false",
        autocapitalize: "off", autocomplete: "off", autocorrect: "off", wrap: "off",
        "aria-describedby": this.keys,
      });
      for (const name of ["font", "lineHeight", "letterSpacing", "padding", "borderWidth", "tabSize"])
        this.area.style[name] = look[name];
      this.area.value = this.initial;
      this.pre.removeAttribute("tabindex");
      this.pre.setAttribute("aria-hidden", "true");
      const box = element("div", { class: "live-editor" });
      this.pre.replaceWith(box);
      box.append(this.pre, this.area);
      this.area.addEventListener("input", () => this.paint());
      this.area.addEventListener("keydown", (event) => this.press(event, leave, run));
      this.paint();
    }

    close() {
      this.area?.parentElement.replaceWith(this.pre);
      this.area = null;
      this.pre.removeAttribute("aria-hidden");
      this.pre.replaceChildren(...this.original);
    }

    set(text) {
      this.area.value = text;
      this.paint();
    }

    paint() {
      this.pre.replaceChildren(...highlighted(this.text));
      this.changed();
    }

    press(event, leave, run) {
      const { value, selectionStart: start, selectionEnd: end } = this.area;
      const line = value.lastIndexOf("\n", start - 1) + 1;
      const indent = /^ */.exec(value.slice(line, start))[0];
      const type = (text) => document.execCommand("insertText", false, text); // keeps undo
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) run();
      else if (event.key === "Escape") leave();
      else if (event.key === "Enter" && !event.isComposing)
        type(`\n${indent}${value.slice(line, start).trimEnd().endsWith(":") ? "    " : ""}`);
      else if (event.key === "Tab" && !event.shiftKey && !event.ctrlKey && !event.altKey)
        type(" ".repeat(4 - ((start - line) % 4)));
      else if (event.key === "Tab" && event.shiftKey && indent) {
        const left = Math.min(4, /^ */.exec(value.slice(line))[0].length);
        this.area.setSelectionRange(line, line + left);
        document.execCommand("delete");
        this.area.setSelectionRange(Math.max(line, start - left), Math.max(line, end - left));
      } else return;
      event.preventDefault();
    }
  }

  // ---------------------------------------------------------------------------- the cells

  class Cell {
    constructor(root, name, pre, verb) {
      this.root = root;
      this.name = name;
      this.ran = null; // the programs up to this one, as they read when it ran
      Cell.count += 1;
      this.keys = element("span", { class: "live-keys", id: `live-keys-${Cell.count}` },
        "Ctrl+Enter runs, Tab indents, Escape leaves the editor.");
      this.editor = new Editor(pre, name, this.keys.id, () => this.changed());
      this.static = root.querySelector(".cell_output");
      this.status = element("span", { class: "live-status", role: "status" });
      this.size = element("span", { class: "live-size", id: `live-size-${Cell.count}` });
      this.live = element("div", { class: "live-output", hidden: "" });
      this.buttons = {
        [verb]: () => this.run(),
        Edit: () => this.edit(true),
        Reset: () => this.reset(),
        Stop: () => python.end("Stopped. The next run starts a new Python."),
      };
      for (const [label, act] of Object.entries(this.buttons)) {
        const button = element("button", { type: "button", "aria-label": `${label} ${name}` }, label);
        button.onclick = () => button.getAttribute("aria-disabled") !== "true" && act();
        this.buttons[label] = button;
      }
      this.start = this.buttons[verb];
      this.start.classList.add("live-run");
      this.start.setAttribute("aria-describedby", this.size.id);
      this.bar = element("div", { class: "live-bar", role: "group", "aria-label": name },
        ...Object.values(this.buttons), this.size, this.status, this.keys);
      root.append(this.live);
      this.busy(false);
    }

    // A button that cannot act stays where it is, so that the keyboard's focus is not lost.
    enable(label, can) {
      this.buttons[label].setAttribute("aria-disabled", String(!can));
    }

    busy(is) {
      this.isBusy = is;
      this.root.classList.toggle("live-busy", is);
      this.start.setAttribute("aria-disabled", String(is));
      this.enable("Stop", is);
      this.changed();
    }

    changed() {
      const same = this.editor.text === this.editor.initial && this.live.hidden;
      this.enable("Reset", !this.isBusy && !same);
    }

    say(text) {
      this.status.textContent = text;
    }

    tellSize() {
      const draws = this.programs().some((text) => /matplotlib|refnet\.draw/.test(text));
      const megabytes = (draws ? ["numpy", "matplotlib"] : ["numpy"])
        .filter((name) => !python.packages.includes(name))
        .reduce((sum, name) => sum + liveSettings.megabytes[name], 0);
      this.size.textContent = megabytes ? `The first run loads ${megabytes} MB` : "";
    }

    programs() {
      return [this.editor.text];
    }

    edit(focus) {
      this.editor.open(() => this.start.focus(), () => this.start.click());
      if (!focus) return;
      this.editor.area.focus();
      if (this.editor.text === this.editor.initial) this.editor.area.setSelectionRange(0, 0);
      this.editor.area.parentElement.scrollLeft = 0;
    }

    reset() {
      this.editor.close();
      this.live.hidden = true;
      this.live.replaceChildren();
      if (this.static) this.static.hidden = false;
      this.say("");
      this.changed();
    }

    // Runs the program of this cell alone.
    async execute(more = {}) {
      this.live.replaceChildren(element("p", { class: "live-caption" }, "Live output"));
      this.live.hidden = false;
      const message = { program: this.editor.text, file: this.name, ...more };
      let done;
      try {
        done = await python.ask(message, this);
      } catch (error) {
        this.live.hidden = this.live.children.length === 1; // nothing but the caption
        throw error;
      }
      if (this.live.children.length === 1)
        this.live.append(element("p", { class: "live-caption" }, "This cell prints nothing."));
      if (this.static) this.static.hidden = true;
      for (const block of this.live.querySelectorAll("pre"))
        if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
      return done;
    }

    hear({ status, again, kind, text }) {
      if (status) this.say(status);
      else if (again) this.live.replaceChildren(this.live.firstChild);
      else if (kind === "text" && this.live.lastChild.classList.contains("text_plain"))
        this.live.lastChild.querySelector("pre").append(text);
      else this.live.append(this.output(kind, text));
    }

    output(kind, text) {
      const plain = () =>
        element("div", { class: "highlight" }, element("pre", {}, element("span"), text));
      if (kind === "text") return element("div", { class: "output text_plain" }, plain());
      if (kind === "error") return element("div", { class: "output live-error" }, plain());
      if (kind === "right" || kind === "wrong")
        return element("p", { class: `live-${kind}` }, text);
      if (kind === "html") {
        const box = element("div", { class: "output text_html" });
        box.innerHTML = text;
        return box;
      }
      const number = this.live.querySelectorAll("img").length;
      const alt = this.static?.querySelectorAll("img")[number]?.alt;
      const src = kind === "png" ? `data:image/png;base64,${text}`
        : `data:image/svg+xml,${encodeURIComponent(text)}`;
      return element("div", { class: "output" },
        element("img", { src, alt: alt || `Figure ${number + 1} of ${this.name}` }));
    }
  }
  Cell.count = 0;

  class PageCell extends Cell {
    constructor(root, number) {
      super(root, `cell ${number}`, root.querySelector(".cell_input pre"), "Run");
      root.querySelector(".cell_input").after(this.bar);
    }

    programs() {
      return cells.slice(0, cells.indexOf(this) + 1).map((cell) => cell.editor.text);
    }

    run() {
      inTurn(this, async () => {
        const upTo = cells.slice(0, cells.indexOf(this) + 1);
        const first = upTo.findIndex((cell) => cell.ran !== JSON.stringify(cell.programs()));
        for (const cell of upTo.slice(first < 0 ? -1 : first)) {
          const programs = JSON.stringify(cell.programs());
          if (cell !== this) {
            this.say(`Running ${cell.name} first…`);
            cell.busy(true);
          }
          let done;
          try {
            done = await cell.execute();
          } finally {
            if (cell !== this) cell.busy(false);
          }
          cell.ran = done.right ? programs : null;
          const said = done.right ? `Ran in ${done.seconds.toFixed(1)} s.` : "Stopped by an error.";
          if (cell === this) return said;
          cell.say(said);
          if (!done.right) return `Did not run: ${cell.name} above stopped with an error.`;
        }
      });
    }
  }

  class Exercise extends Cell {
    constructor(root) {
      const name = root.id.replace(/^exercise-/, "");
      super(root, "your answer", root.querySelector("pre"), "Check");
      this.exercise = name;
      this.live.before(this.bar);
      const saved = this.kept();
      this.edit(false);
      if (saved) this.editor.set(saved.answer);
      if (saved?.right) this.say("You have solved this exercise.");
    }

    // The browser may forbid to keep anything: then the answer lives as long as the page.
    kept() {
      try {
        return JSON.parse(localStorage.getItem(`refnet-exercise-${this.exercise}`));
      } catch {
        return null;
      }
    }

    keep(state) {
      try {
        const key = `refnet-exercise-${this.exercise}`;
        if (state) localStorage.setItem(key, JSON.stringify(state));
        else localStorage.removeItem(key);
      } catch {}
    }

    changed() {
      super.changed();
      if (!this.exercise || !this.editor.area) return;
      const answer = this.editor.text;
      if (answer === this.editor.initial) this.keep(null);
      else if (answer !== this.kept()?.answer) this.keep({ answer, right: false });
    }

    reset() {
      super.reset();
      this.keep(null);
      this.edit(false);
    }

    run() {
      inTurn(this, async () => {
        const answer = this.editor.text;
        const exercise = marked(`exercises/${this.exercise}.py`);
        const { right } = await this.execute({ exercise });
        if (right) this.keep({ answer, right });
        return right ? "Solved." : "Not solved yet.";
      });
    }
  }

  // ---------------------------------------------------------------------------- the page

  const cells = [];
  const exercises = [];
  const found = [...document.querySelectorAll("div.cell")].filter((cell) =>
    cell.querySelector(".cell_input pre"));
  const starts = [...document.querySelectorAll(".exercise-start")];
  const unable = location.protocol === "file:"
    ? "Live cells do not run on a page that is opened from a folder: browsers let only a web "
      + "server start Python. In the folder of this site run “python -m http.server”, then open "
      + "http://localhost:8000."
    : !window.WebAssembly || !window.Worker
      ? "Live cells do not run in this browser, which lacks WebAssembly or workers."
      : "";
  if (unable) {
    (found[0] ?? starts[0])?.before(element("p", { class: "live-notice" }, unable));
    return;
  }
  found.forEach((root, index) => cells.push(new PageCell(root, index + 1)));
  starts.forEach((root) => exercises.push(new Exercise(root)));
  for (const cell of [...cells, ...exercises]) cell.tellSize();
})();
