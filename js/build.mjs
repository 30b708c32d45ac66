// The bundle: one ES module and one style sheet, into the Python package. --watch rebuilds, --tests bundles the unit tests.

import { readdirSync, rmSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, context } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const page = {
  entryPoints: { widget: join(here, "src/widget.ts"), styles: join(here, "src/styles.css") },
  outdir: join(here, "../widget/heatbrush/static"),
  bundle: true, format: "esm", target: "es2022", minify: true, legalComments: "none", logLevel: "info",
};

if (process.argv.includes("--tests")) {
  const folder = join(here, "../tests/js");
  const tests = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".test.ts"));
  // side by side in one folder, since a shell's * does not go into folders: values/arrays.test.ts is values.arrays.test.mjs
  const entryPoints = tests.map((name) => ({ in: join(folder, name), out: name.slice(0, -3).replaceAll(sep, ".") }));
  rmSync(join(here, ".tests"), { recursive: true, force: true }); // or a test that was moved would run twice
  await build({
    entryPoints, outdir: join(here, ".tests"), bundle: true, platform: "node", format: "esm", target: "node20",
    outExtension: { ".js": ".mjs" }, sourcemap: "inline", nodePaths: [join(here, "node_modules")], logLevel: "warning",
  });
} else if (process.argv.includes("--watch")) {
  const watcher = await context({ ...page, minify: false, sourcemap: "inline" });
  await watcher.watch();
} else {
  await build(page);
}
