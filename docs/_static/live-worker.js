// Runs Python for one page. live.js starts this worker at the first click, hands it one job at a
// time, and ends it to stop an endless loop.

let python, session;
let job = 0;
const tell = (message) => self.postMessage({ job, ...message });
const load = (source) =>
  python.loadPackagesFromImports(source, {
    messageCallback: (text) => text.startsWith("Loading ") && tell({ status: `${text}…` }),
  });

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${answer.statusText}`);
  return answer;
}

async function start({ runtime, wheel, source, style, lock }) {
  // The lock is free again when this worker is gone, for whatever reason: live.js waits for that.
  if (navigator.locks) {
    await new Promise((got) => {
      navigator.locks.request(lock, () => (got(), new Promise(() => {})));
    });
    tell({ locked: lock });
  }
  tell({ status: "Loading Python…" });
  const files = Promise.all([wheel, source, style].map(fetched));
  files.catch(() => {}); // awaited below
  const { loadPyodide } = await import(`${runtime}pyodide.mjs`);
  python = await loadPyodide({
    indexURL: runtime,
    packages: ["numpy"],
    env: { HOME: "/home/pyodide", MPLBACKEND: "agg", MATPLOTLIBRC: "/live/matplotlibrc" },
  });
  const [archive, module, rc] = await files;
  const extractDir = python.runPython("import site; site.getsitepackages()[0]");
  python.unpackArchive(new Uint8Array(await archive.arrayBuffer()), "wheel", { extractDir });
  python.FS.mkdir("/live");
  python.FS.writeFile("/live/live_session.py", await module.text());
  python.FS.writeFile("/live/matplotlibrc", await rc.text());
  python.globals.set("_send", (kind, text) => tell({ kind, text }));
  session = python.runPython(`
import sys
sys.path.append("/live")
import live_session, refnet
live_session.Session(_send, vars(sys.modules["__main__"]))`);
}

async function run({ program, exercise, file }) {
  await load(program);
  tell({ status: "Running…" });
  if (exercise) return session.check(program, await (await fetched(exercise)).text(), file);
  for (;;) {
    const loaded = Object.keys(python.loadedPackages).length;
    if (session.run(program, file)) return true;
    // A module that refnet imports when it needs it is found missing only now.
    if (session.missing) await load(`import ${session.missing}`);
    if (Object.keys(python.loadedPackages).length === loaded) return false;
    tell({ again: true });
  }
}

async function work(data) {
  job = data.job;
  try {
    if (!session) await start(data.settings);
  } catch (error) {
    return tell({ failed: String(error.message ?? error) });
  }
  try {
    const began = performance.now();
    const right = data.program === undefined ? true : await run(data);
    const seconds = (performance.now() - began) / 1000;
    tell({ done: true, right, seconds, packages: Object.keys(python.loadedPackages) });
  } catch (error) {
    tell({ crashed: String(error.message ?? error) });
  }
}

let turn = Promise.resolve();
self.onmessage = ({ data }) => {
  turn = turn.then(() => work(data));
};
