// Runs tests/ in Pyodide: node tests/wasm.mjs RUNTIME PACKAGES LOG [arguments of pytest]
//
// RUNTIME is the folder with Pyodide, PACKAGES one with pytest and the other packages in pure
// Python. LOG gets all that pytest prints, the terminal each file, each failure and the summary.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [runtime, packages, log, ...options] = process.argv.slice(2);
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { loadPyodide } = await import(pathToFileURL(path.join(runtime, "pyodide.mjs")));

const file = fs.openSync(log, "w");
const decoder = new TextDecoder();
let rest = "", shown = "";

function show(line) {
  const [, name, percent] = line.match(/^tests\/(\S+?)::.*(\[ *\d+%\])$/) ?? [];
  if (name && name !== shown) console.log(`${percent} ${(shown = name)}`);
  if (/ (FAILED|ERROR) +\[|^(FAILED|ERROR) |^=+ .* in \d+/.test(line)) console.log(line);
}

const output = {
  isatty: false,
  write(bytes) {
    fs.writeSync(file, bytes);
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop();
    lines.forEach(show);
    return bytes.length;
  },
};

const python = await loadPyodide({ indexURL: runtime });
await python.loadPackage(["numpy", "matplotlib"], { messageCallback() {} });
python.setStdout(output);
python.setStderr(output);
for (const [folder, source] of [["/refnet", root], ["/packages", packages]]) {
  python.FS.mkdir(folder);
  python.mountNodeFS(folder, source);
}
python.globals.set("options", python.toPy(options));
process.on("uncaughtException", (error) => {
  console.error(`Python stopped in ${rest}: ${error.message}`);
  process.exit(1);
});
process.exitCode = python.runPython(`
import os, sys

os.chdir("/refnet")
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = "/tmp/hypothesis"
sys.dont_write_bytecode = True
sys.path[:0] = ["/refnet", "/refnet/tests", "/packages"]

import pytest

int(pytest.main(["-v", "--tb=short", "-p", "no:cacheprovider", "-p", "wasm_skips", *options]))
`);
