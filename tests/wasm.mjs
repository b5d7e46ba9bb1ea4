// Runs tests/ under Pyodide: node tests/wasm.mjs RUNTIME PACKAGES [options of pytest ...]
// RUNTIME is the folder of docs/extensions/runtime.py, PACKAGES one with pytest and Hypothesis.
// `nox -s wasm` calls it. tests/wasm_skips.py names the tests that cannot run there.
import { pathToFileURL } from "node:url";

const [runtime, packages, ...options] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${runtime}/pyodide.mjs`));
const python = await loadPyodide({
  indexURL: `${runtime}/`,
  stdout: (line) => console.log(line),
  stderr: (line) => console.error(line),
});
await python.loadPackage("numpy", { messageCallback: () => {} });
python.mountNodeFS("/refnet", process.cwd());
python.mountNodeFS("/packages", packages);
python.globals.set("options", python.toPy(options));
const status = await python.runPythonAsync(`
import os, sys
sys.dont_write_bytecode = True
sys.path += ["/refnet", "/refnet/tests", "/packages"]
os.chdir("/refnet")
import pytest
int(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "wasm_skips", *(options or ["tests"])]))
`);
process.exitCode = status;
