// The bundle: an ES module for the view and one for the strip of its charts, and one style sheet, into the Python package. --watch rebuilds, --tests bundles the unit tests.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, context } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const page = {
  entryPoints: {
    widget: join(here, "src/widget.ts"), charts: join(here, "src/charts/strip.ts"), styles: join(here, "src/styles.css"),
  },
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
  const { metafile } = await build({ ...page, metafile: true });
  const notices = noticesOf(Object.keys(metafile.inputs));
  const script = join(page.outdir, "widget.js");
  // in the script itself too: it is copied into every offline page
  writeFileSync(script, `/*! ${notices.replaceAll("*/", "* /")}*/\n${readFileSync(script, "utf8")}`);
  writeFileSync(join(page.outdir, "NOTICES.txt"), notices);
}

/** The licences of the packages that are bundled, each text once. */
function noticesOf(inputs) {
  const packages = new Set(inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
  const byText = new Map();
  for (const name of [...packages].sort()) {
    const folder = join(here, "node_modules", name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((each) => join(folder, each)).find(existsSync);
    if (!file) throw new Error(`${name} is bundled and has no licence file: its notice cannot be shipped.`);
    const text = readFileSync(file, "utf8").trim();
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
  }
  const parts = [...byText].map(([text, names]) => `${names.join(", ")}\n\n${text}\n`);
  return `heatbrush's script holds parts of these packages:\n\n${parts.join("\n")}`;
}
