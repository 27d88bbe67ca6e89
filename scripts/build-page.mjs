// Builds the talk page to dist/page/: one script, one style, two AudioWorklets, the texts. files.json lists what the node serves:
// path below the page's address → media type. What has not changed is not written again.
import { build } from "esbuild";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = path.join(root, "page");
const target = path.join(root, "dist", "page");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
};

const files = new Map([...(await bundle()), ...(await copied())]);
files.set("files.json", JSON.stringify(typesOf([...files.keys()])));
for (const [name, text] of files) await writeChanged(name, text);

async function bundle() {
  const { outputFiles } = await build({
    entryPoints: ["page.ts", "page.css", "microphone.ts", "playback.ts"].map(
      (name) => ({ in: path.join(source, name), out: path.parse(name).name }),
    ),
    outdir: target,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome111", "firefox115", "safari16.4"],
    charset: "utf8",
    write: false,
    logLevel: "warning",
    tsconfig: path.join(root, "page/tsconfig.json"),
  });
  return outputFiles.map((file) => [path.basename(file.path), file.text]);
}

async function copied() {
  const strings = await readdir(path.join(source, "strings"));
  const names = [
    "index.html",
    "icon.svg",
    ...strings.map((name) => `strings/${name}`),
  ];
  return Promise.all(names.map(async (name) => [name, await compact(name)]));
}

async function compact(name) {
  const text = await readFile(path.join(source, name), "utf8");
  if (name.endsWith(".json")) return JSON.stringify(JSON.parse(text));
  return text.replaceAll(/\s*\n\s*/g, "\n");
}

function typesOf(names) {
  return Object.fromEntries(
    names.toSorted().map((name) => [name, TYPES[path.extname(name)]]),
  );
}

async function writeChanged(name, text) {
  const file = path.join(target, name);
  await mkdir(path.dirname(file), { recursive: true });
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (before !== text) await writeFile(file, text);
}
