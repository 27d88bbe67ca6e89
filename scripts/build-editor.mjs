// Builds the editor's half of what package.json lists, with icons and locales beside it, because Node-RED looks for all of them
// next to the .js. All nodes are one set: one html (script, style, templates), and for each language one catalog and one help.
// A plugin has an html and catalogs of its own, and neither template nor help.
import { build } from "esbuild";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({ options: { out: { type: "string" } } });
const target = path.join(
  options.out ? path.resolve(options.out) : path.join(root, "dist"),
  "nodes",
);

/** The set of all nodes. */
const SET = "voice-live";

try {
  await buildEditor();
} catch (error) {
  console.error(
    `build-editor: ${error.code === "ENOENT" ? `missing file ${path.relative(root, error.path)}` : error.message}`,
  );
  process.exitCode = 1;
}

async function buildEditor() {
  const manifest = JSON.parse(
    await readFile(path.join(root, "package.json"), "utf8"),
  );
  const nodes = await namesOf("nodes", ".html");
  const plugins = Object.keys(manifest["node-red"].plugins);
  await mkdir(target, { recursive: true });
  await buildPage(SET, "dialog.css", nodes);
  for (const plugin of plugins) await buildPage(plugin, "panel.css", []);
  for (const language of await readdir(path.join(root, "locales")))
    await buildTexts(language, nodes, plugins);
  await cp(path.join(root, "icons"), path.join(target, "icons"), {
    recursive: true,
  });
}

/** Names of the files of a folder that end so, without it. */
async function namesOf(folder, ending) {
  const files = await readdir(path.join(root, folder));
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => path.basename(file, ending))
    .toSorted();
}

async function buildPage(name, sheet, nodes) {
  const source = (file) => readFile(path.join(root, "nodes", file), "utf8");
  const [script, style, ...templates] = await Promise.all([
    bundle(path.join(root, "nodes", `${name}.editor.ts`)),
    source(`editor/${sheet}`),
    ...nodes.map((node) => source(`${node}.html`)),
  ]);
  const page = [
    `<script type="text/javascript">\n${script}</script>`,
    `<style>\n${style}</style>`,
    ...templates.map((template) => asLatin1(template.trimEnd())),
  ];
  await writeFile(
    path.join(target, `${name}.html`),
    `${page.join("\n\n").trimEnd()}\n`,
  );
}

async function buildTexts(language, nodes, plugins) {
  const folder = path.join("locales", language);
  const source = (file) => readFile(path.join(root, folder, file), "utf8");
  const [catalogs, helps] = await Promise.all([
    Promise.all(nodes.map((node) => source(`${node}.json`))),
    Promise.all(nodes.map((node) => source(`${node}.html`))),
  ]);
  await mkdir(path.join(target, folder), { recursive: true });
  const write = (file, text) =>
    writeFile(path.join(target, folder, file), text);
  await write(
    `${SET}.json`,
    JSON.stringify(
      Object.assign({}, ...catalogs.map((each) => JSON.parse(each))),
    ),
  );
  await write(`${SET}.html`, helps.join("\n"));
  for (const plugin of plugins)
    await write(`${plugin}.json`, await source(`${plugin}.json`));
}

/** Node-RED keeps every html in memory: one character beyond Latin-1 would make it take two bytes for each. */
function asLatin1(template) {
  return template.replaceAll(
    /[\u{100}-\u{10ffff}]/gu,
    (character) => `&#${character.codePointAt(0)};`,
  );
}

/** Not minified: the Flow Library's scorecard looks for the literal registerType call. */
async function bundle(entry) {
  await readFile(entry);
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "iife",
    target: "es2020",
    charset: "ascii",
    write: false,
    logLevel: "silent",
    tsconfig: path.join(root, "tsconfig.editor.json"),
  });
  // Inside a script element this sequence would end it, wherever it stands.
  return outputFiles[0].text.replaceAll(/<\/(script)/gi, "<\\/$1");
}
