// Builds the editor's half of every node and plugin that package.json lists: one html each (script, style, template), with icons
// and locales beside it, because Node-RED looks for all of them next to the .js. A plugin has no template.
import { build } from "esbuild";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({ options: { out: { type: "string" } } });
const target = path.join(
  options.out ? path.resolve(options.out) : path.join(root, "dist"),
  "nodes",
);

/** Styles by what `node-red` in package.json lists. */
const SHEETS = { nodes: "dialog.css", plugins: "panel.css" };

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
  await mkdir(target, { recursive: true });
  for (const [kind, sheet] of Object.entries(SHEETS)) {
    const style = await readFile(
      path.join(root, "nodes/editor", sheet),
      "utf8",
    );
    const names = Object.keys(manifest["node-red"][kind] ?? {});
    await Promise.all(
      names.map((name) => buildPart(name, style, kind === "nodes")),
    );
  }
  await cp(path.join(root, "icons"), path.join(target, "icons"), {
    recursive: true,
  });
  await cp(path.join(root, "locales"), path.join(target, "locales"), {
    recursive: true,
  });
}

async function buildPart(name, style, hasTemplate) {
  const source = (ending) => path.join(root, "nodes", `${name}${ending}`);
  const [template, script] = await Promise.all([
    hasTemplate ? readFile(source(".html"), "utf8") : "",
    bundle(source(".editor.ts")),
  ]);
  const page = [
    `<script type="text/javascript">\n${script}</script>`,
    `<style>\n${style}</style>`,
    asLatin1(template.trimEnd()),
  ];
  await writeFile(
    path.join(target, `${name}.html`),
    `${page.join("\n\n").trimEnd()}\n`,
  );
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
