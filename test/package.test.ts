import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { NodeAPI } from "node-red";
import { ERROR_CODES } from "../lib/client/errors";
import { NEED_NAMES } from "../nodes/editor/field-needs";
import {
  keyOf,
  SECTIONS,
  SESSION_FIELDS,
} from "../nodes/editor/session-fields";
import { exampleNames, readExample } from "../scripts/flow-file";
import { currentVersion } from "../nodes/shared/migrations";
import register from "../nodes/voice-live";
import {
  credentialsOf,
  editorSource,
  propertiesOf,
} from "./support/editor-definitions";
import { VARIANTS } from "../nodes/editor/setting-variants";
import { NODE_TYPES } from "./support/node-types";
import {
  blocksOf,
  isNamed,
  italicsIn,
  keptIn,
  skeletonOf,
  wordsOf,
} from "./support/translations";

interface Manifest {
  readonly files: readonly string[];
  readonly "node-red": {
    readonly nodes: Readonly<Record<string, string>>;
    readonly plugins: Readonly<Record<string, string>>;
  };
}
type Catalog = { readonly [key: string]: string | Catalog };

/** What Node-RED knows all nodes by. */
const SET = "voice-live";
const SESSION = "voice-live-session";
/** Where the shared catalog of the runtime's texts lies. */
const STATUS = `${SESSION}.status`;
/** Keys of Node-RED's own catalog. */
const FOREIGN = /^(node-red|editor):/;
const LONGEST_STATUS = 20;
const ENGLISH = "en-US";
const LANGUAGES = [
  "de",
  ENGLISH,
  "es",
  "fr",
  "ja",
  "ko",
  "pt-BR",
  "zh-CN",
  "zh-TW",
];
/** A text, or a sentence of help, that is longer than this and the same as in English was left out by the translation. */
const LONGEST_SAME = 15;
const LONGEST_SAME_HELP = 25;
/** Of all texts, those that are short or names may be the same as in English; more than this is no translation. */
const MOST_SAME = 0.2;
/** Names, technical terms and values that are the same everywhere. */
const SAME_EVERYWHERE = new Set([
  "Azure OpenAI Realtime",
  "Azure Voice Live",
  "https://example.com/mcp",
  "https://my-resource.openai.azure.com",
  "https://my-resource.services.ai.azure.com",
  "pacat (PulseAudio, PipeWire)",
  "parec (PulseAudio, PipeWire)",
  "speakerpi: msg.speech",
  "start, end, flush",
  "__label__: __reason__",
]);

const COLOUR = /(#(?:[0-9a-f]{3}){1,2})\b/gi;
const HEADINGS = ["Inputs", "Outputs", "Details", "References"];

const root = rootOf(__dirname);
const manifest = JSON.parse(read("package.json")) as Manifest;
const nodes = NODE_TYPES;
const plugins = Object.entries(manifest["node-red"].plugins);
const languages = readdirSync(path.join(root, "locales"));
const translations = languages.filter((language) => language !== ENGLISH);

describe("package", () => {
  for (const name of nodes) describe(name, () => describeNode(name));
  for (const [name, file] of plugins)
    describe(name, () => describePlugin(name, file));

  it("has an editor's half of every node and plugin, and of the set of all nodes", () => {
    const halves = readdirSync(path.join(root, "nodes")).filter((file) =>
      file.endsWith(".editor.ts"),
    );
    assert.deepEqual(
      halves.map((file) => path.basename(file, ".editor.ts")).toSorted(),
      [SET, ...nodes, ...plugins.map(([name]) => name)].toSorted(),
    );
  });

  it("lists its nodes as one set, because each more makes every start of Node-RED longer", () => {
    assert.deepEqual(manifest["node-red"].nodes, {
      [SET]: `dist/nodes/${SET}.js`,
    });
  });

  it("has every node in the set: runtime, editor, template, texts and help", () => {
    const registered: string[] = [];
    register({
      nodes: { registerType: (type: string) => registered.push(type) },
      httpAdmin: { get() {}, post() {} },
      auth: { needsPermission() {} },
    } as unknown as NodeAPI);
    assert.deepEqual(registered.toSorted(), nodes.toSorted());
    const page = read(`dist/nodes/${SET}.html`);
    const types = matches(page, /RED\.nodes\.registerType\(\s*"([^"]+)"/g);
    assert.deepEqual(types, registered, "the palette's order");
    assert.deepEqual(
      matches(page, /data-template-name="([^"]+)"/g).toSorted(),
      nodes.toSorted(),
    );
    for (const language of languages) {
      const built = `dist/nodes/locales/${language}/${SET}`;
      assert.deepEqual(
        Object.keys(JSON.parse(read(`${built}.json`)) as Catalog).toSorted(),
        nodes.toSorted(),
      );
      assert.deepEqual(
        matches(read(`${built}.html`), /data-help-name="([^"]+)"/g).toSorted(),
        nodes.toSorted(),
      );
    }
  });

  it("speaks the languages of Node-RED's users", () => {
    assert.deepEqual(languages.toSorted(), LANGUAGES);
  });

  it("has a status text for every error code", () => {
    const catalog = flatten(readCatalog(ENGLISH, SESSION));
    for (const code of ERROR_CODES)
      assert.ok(catalog.has(`${STATUS}.fault.${code}`), code);
  });

  for (const language of languages)
    it(`has status texts that are short enough for the editor in ${language}`, () => {
      const statuses = textsOf(language).filter(([key]) =>
        key.includes(".status."),
      );
      assert.ok(statuses.length > ERROR_CODES.length);
      assert.deepEqual(
        statuses.filter(
          ([, text]) => text.replace(/__\w+__/, "100").length >= LONGEST_STATUS,
        ),
        [],
      );
    });

  for (const language of translations) {
    it(`has hardly a text in ${language} that is the same as in English`, () => {
      const english = new Map(textsOf(ENGLISH));
      const same = textsOf(language).filter(
        ([key, text]) => english.get(key) === text,
      );
      assert.deepEqual(
        same.filter(
          ([, text]) =>
            text.length > LONGEST_SAME && !SAME_EVERYWHERE.has(text),
        ),
        [],
      );
      assert.ok(same.length < MOST_SAME * english.size, String(same.length));
    });

    it(`has one word in ${language} for each heading of the help`, () => {
      const pairs = nodes.flatMap((name) => {
        const translated = headingsOf(language, name);
        return headingsOf(ENGLISH, name).map(
          (heading, index) => `${heading}: ${translated[index]}`,
        );
      });
      const different = [...new Set(pairs)];
      assert.equal(different.length, HEADINGS.length, different.join(", "));
    });
  }

  for (const language of languages) {
    it(`has the texts of every setting in the session dialog in ${language}`, () => {
      const known = flatten(readCatalog(language, SESSION));
      const missing = SESSION_FIELDS.filter(
        (field) => !known.has(`${SESSION}.label.${keyOf(field.path)}`),
      );
      assert.deepEqual(missing, []);
      for (const need of NEED_NAMES)
        assert.ok(known.has(`${SESSION}.need.${need}`), need);
    });

    it(`names all options of a setting in ${language}, or none`, () => {
      const known = flatten(readCatalog(language, SESSION));
      for (const { path: setting, options = [] } of SESSION_FIELDS) {
        const named = options.filter((value) =>
          known.has(`${SESSION}.option.${keyOf(setting)}.${keyOf(value)}`),
        );
        assert.ok(
          named.length === 0 || named.length === options.length,
          `${setting}: ${named.join(", ")}`,
        );
      }
    });
  }

  it("offers each section of settings at one place of the session dialog", () => {
    const places = matches(
      read(`nodes/${SESSION}.html`),
      /data-fields="([^"]+)"/g,
    );
    assert.deepEqual(places.toSorted(), Object.keys(SECTIONS).toSorted());
  });

  it("knows which fields each kind of a setting has, for every kind that the protocol lists", () => {
    for (const { path: setting, kind, options = [] } of SESSION_FIELDS)
      if (kind === "variant")
        assert.deepEqual(
          Object.keys(VARIANTS[setting]?.members ?? {}).toSorted(),
          options.toSorted(),
          setting,
        );
  });

  it("has examples whose nodes are of the current version", () => {
    const placed = exampleNames().flatMap((each) => readExample(each));
    for (const { id, type, version } of placed)
      if (type.startsWith("voice-live-"))
        assert.equal(version, currentVersion(type), id);
  });

  it("ships nothing but its runtime, the editor's files and the examples", () => {
    const unwanted = packedFiles().filter((file) => !isWanted(file));
    assert.deepEqual(unwanted, []);
  });
});

function describeNode(name: string): void {
  const template = read(`nodes/${name}.html`);
  const editor = existsSync(path.join(root, `nodes/${name}.editor.ts`))
    ? editorSource(name)
    : "";

  it("has its sources, texts, icon and test", () => {
    const needed = [
      `nodes/${name}.ts`,
      `nodes/${name}.editor.ts`,
      `icons/${name}.svg`,
      `test/nodes/${name}.test.ts`,
      ...languages.flatMap((language) => [
        `locales/${language}/${name}.json`,
        `locales/${language}/${name}.html`,
      ]),
    ];
    assert.deepEqual(
      needed.filter((each) => !existsSync(path.join(root, each))),
      [],
    );
  });

  it("has one name in the template, the editor, the runtime and the help", () => {
    assert.deepEqual(matches(template, /data-template-name="([^"]+)"/g), [
      name,
    ]);
    assert.deepEqual(matches(editor, /registerType\b[^"(]*\(\s*"([^"]+)"/g), [
      name,
    ]);
    assert.deepEqual(
      matches(
        read(`nodes/${name}.ts`),
        /registerNode\b[^"(]*\(\s*RED,\s*"([^"]+)"/g,
      ),
      [name],
    );
    for (const language of languages) {
      assert.deepEqual(
        matches(
          read(`locales/${language}/${name}.html`),
          /data-help-name="([^"]+)"/g,
        ),
        [name],
      );
    }
  });

  it("saves the version of its properties, and shows those of earlier ones in today's words", () => {
    assert.match(
      editor,
      new RegExp(
        `^    +version: \\{ value: ${currentVersion(name)} \\},$`,
        "m",
      ),
    );
    assert.match(
      editor,
      /oneditprepare\(\) \{[^{}]*\n +prepareDialog\(this\);/,
    );
  });

  it("has an icon of its own, a colour and a label, and names each of its ports", () => {
    assert.match(editor, new RegExp(`icon: "${name}\\.svg"`));
    assert.match(read(`icons/${name}.svg`), /<svg[^>]* viewBox="0 0 40 60"/);
    assert.match(editor, /color: "rgb\(/);
    assert.match(editor, /\blabel\(\) \{/);
    for (const side of ["input", "output"]) {
      const [count = "0"] = matches(editor, new RegExp(`${side}s: (\\d)`, "g"));
      const [, named = ""] =
        new RegExp(`\\b${side}Labels\\([^)]*\\) \\{([^}]*)\\}`).exec(
          editor.replaceAll(/\$\{[^}]*\}/g, "$"),
        ) ?? [];
      const keys = matches(named, /["`](voice-live-[^"`]+)["`]/g);
      const isPutTogether = keys.some((key) => key.includes("$"));
      assert.ok(
        keys.length === Number(count) || isPutTogether,
        `${count} ${side}s, ${keys.length} labels`,
      );
    }
  });

  it("has a control, or code of its own, for every property", () => {
    const without = [...propertiesOf(name), ...credentialsOf(name)].filter(
      (property) =>
        property !== "version" &&
        !hasControl(template, property) &&
        !isWrittenByCode(editor, property),
    );
    assert.deepEqual(without, []);
  });

  it("has a property for every control", () => {
    const properties = [
      ...propertiesOf(name),
      ...credentialsOf(name),
      "keyType",
    ];
    const controls = matches(
      template,
      /<(?:input|select|textarea)[^>]*\sid="node-(?:config-)?input-([A-Za-z]+)"/g,
    );
    assert.deepEqual(
      controls.filter((control) => !properties.includes(control)),
      [],
    );
  });

  for (const language of languages) {
    it(`has every text it uses in ${language}`, () => {
      const known = flatten(readCatalog(language, name));
      const used = [...keysInTemplate(template), ...keysInCode(editor, name)];
      assert.ok(used.length > 0);
      assert.deepEqual(
        used.filter((key) => !FOREIGN.test(key) && !isKnown(known, key)),
        [],
      );
    });
  }

  for (const language of translations) describeTranslation(language, name);

  it("shows no text that is not in a catalog", () => {
    const shown = template
      .replaceAll(/<option value="([^"]*)">\s*\1\s*<\/option\s*>/g, "")
      .replaceAll(/<[^>]*>|&nbsp;/g, "");
    assert.equal(shown.trim(), "");
  });

  it("uses the theme's colours only", () => {
    assert.deepEqual(matches(template + editor, COLOUR), []);
  });

  /** Node-RED shows a property that is written in any other way as plain text, and those that follow it, too. */
  it("has a help text whose properties Node-RED can read", () => {
    for (const language of languages) {
      const properties = matches(
        read(`locales/${language}/${name}.html`),
        /^(:.*(?:\n +.*)*)$/gm,
      );
      assert.deepEqual(
        properties.filter(
          (each) => !/^: [^:\n]+ \([^:\n]+\) : [^:\n]+$/.test(each),
        ),
        [],
      );
    }
  });

  it("has a help text in Node-RED's order", () => {
    const headings = headingsOf(ENGLISH, name);
    assert.deepEqual(
      headings,
      HEADINGS.filter((heading) => headings.includes(heading)),
    );
    assert.ok(headings.includes("Details") && headings.includes("References"));
  });
}

/** A plugin of the editor: no node, no template, no help. */
function describePlugin(name: string, file: string): void {
  const editor = existsSync(path.join(root, `nodes/${name}.editor.ts`))
    ? withImports(`nodes/${name}.editor.ts`)
    : "";

  it("is where the build puts it", () => {
    assert.equal(file, `dist/nodes/${name}.js`);
    for (const ending of [".js", ".html"])
      assert.ok(existsSync(path.join(root, `dist/nodes/${name}${ending}`)));
  });

  it("has its sources, texts and test", () => {
    const needed = [
      `nodes/${name}.ts`,
      `nodes/${name}.editor.ts`,
      `test/nodes/${name}.test.ts`,
      ...languages.map((language) => `locales/${language}/${name}.json`),
    ];
    assert.deepEqual(
      needed.filter((each) => !existsSync(path.join(root, each))),
      [],
    );
  });

  it("has one name in the editor", () => {
    assert.deepEqual(matches(editor, /registerPlugin\(\s*"([^"]+)"/g), [name]);
  });

  it("uses the theme's colours only", () => {
    assert.deepEqual(
      matches(editor + read("nodes/editor/panel.css"), COLOUR),
      [],
    );
  });

  for (const language of languages)
    it(`has every text it uses in ${language}`, () => {
      const known = flatten(readCatalog(language, name));
      const used = keysInCode(editor, name);
      assert.ok(used.length > 0);
      assert.deepEqual(
        used.filter((key) => !isKnown(known, key)),
        [],
      );
    });
  for (const language of translations) describeCatalog(language, name);
}

/** A file of the editor and the files of ours that it takes in. */
function withImports(file: string, seen = new Set<string>()): string {
  if (seen.has(file)) return "";
  seen.add(file);
  const source = read(file);
  const imported = matches(source, /from "(\.[^"]+)"/g).map(
    (each) => `${path.posix.join(path.posix.dirname(file), each)}.ts`,
  );
  return [source, ...imported.map((each) => withImports(each, seen))].join("");
}

function describeCatalog(language: string, name: string): void {
  it(`has the same keys and placeholders in ${language} as in English`, () => {
    const kept = (which: string): string[] =>
      [...flatten(readCatalog(which, name))]
        .map(([key, text]) => [key, ...keptIn(text)].join(" "))
        .toSorted();
    assert.deepEqual(kept(language), kept(ENGLISH));
  });
}

function describeTranslation(language: string, name: string): void {
  describeCatalog(language, name);

  it(`has the same structure, properties and code in the help in ${language} as in English`, () => {
    const skeleton = (which: string): unknown[] =>
      blocksOf(readHelp(which, name)).map(skeletonOf);
    assert.deepEqual(skeleton(language), skeleton(ENGLISH));
  });

  it(`says in ${language} whatever the help says in words`, () => {
    const english = blocksOf(readHelp(ENGLISH, name));
    const same = blocksOf(readHelp(language, name)).filter(
      (block, index) =>
        block.kind !== "code" &&
        block.text === english[index]?.text &&
        index > 0 &&
        wordsOf(block).length > LONGEST_SAME_HELP,
    );
    assert.deepEqual(same, []);
  });

  it(`names in the help in ${language} what the dialogs and headings in ${language} have`, () => {
    const known = namesIn(language);
    const knownInEnglish = namesIn(ENGLISH);
    const english = blocksOf(readHelp(ENGLISH, name));
    const strange = blocksOf(readHelp(language, name)).flatMap(
      ({ text }, index) => {
        const kept = italicsIn(english[index]?.text ?? "").filter(
          (each) => !isNamed(each, knownInEnglish),
        );
        return italicsIn(text).filter(
          (each) => !kept.includes(each) && !isNamed(each, known),
        );
      },
    );
    assert.deepEqual(strange, []);
  });
}

/** Compiled tests lie one folder deeper than their sources. */
function rootOf(folder: string): string {
  return existsSync(path.join(folder, "package.json"))
    ? folder
    : rootOf(path.dirname(folder));
}

function read(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

function readCatalog(language: string, name: string): Catalog {
  const catalog = JSON.parse(
    read(`locales/${language}/${name}.json`),
  ) as Catalog;
  assert.deepEqual(Object.keys(catalog), [name], "a catalog has one top key");
  return catalog;
}

function readHelp(language: string, name: string): string {
  return read(`locales/${language}/${name}.html`);
}

function headingsOf(language: string, name: string): string[] {
  return matches(readHelp(language, name), /^### (.+)$/gm);
}

/** Keys and texts of all catalogs of a language. */
function textsOf(language: string): readonly (readonly [string, string])[] {
  return [...nodes, ...plugins.map(([name]) => name)].flatMap((name) => [
    ...flatten(readCatalog(language, name)),
  ]);
}

/** Whatever a help text can refer to. */
function namesIn(language: string): readonly string[] {
  return [
    ...textsOf(language).map(([, text]) => text),
    ...nodes.flatMap((name) => headingsOf(language, name)),
  ];
}

function flatten(catalog: Catalog, prefix = ""): Map<string, string> {
  const entries = Object.entries(catalog).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[prefix + key, value] as const]
      : [...flatten(value, `${prefix}${key}.`)],
  );
  return new Map(entries);
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

/** Keys may carry the attribute they fill: `[placeholder]key`. */
function keysInTemplate(template: string): string[] {
  return matches(template, /data-i18n="([^"]+)"/g).map((key) =>
    key.replace(/^\[[^\]]+\]/, ""),
  );
}

/** Catalog keys in editor code; one that is put together, `name.option.${x}`, stands for its beginning. */
function keysInCode(editor: string, name: string): string[] {
  return matches(
    editor,
    new RegExp(`["\`](${name}\\.[a-z]+\\.[A-Za-z.$]+)`, "g"),
  )
    .map((key) => key.replace(/\$.*$/, ""))
    .filter((key) => !key.endsWith(".svg"));
}

function isKnown(known: ReadonlyMap<string, string>, key: string): boolean {
  return key.endsWith(".")
    ? [...known.keys()].some((each) => each.startsWith(key))
    : known.has(key);
}

function hasControl(template: string, property: string): boolean {
  return new RegExp(`id="node-(config-)?input-${property}"`).test(template);
}

function isWrittenByCode(editor: string, property: string): boolean {
  const [reader = ""] = editor.includes("Object.assign(this, readForm())")
    ? matches(
        read("nodes/editor/session-form.ts"),
        /export function readForm\b([\s\S]*?)\n\}/g,
      )
    : [];
  return (
    new RegExp(`this\\.${property} =`).test(editor) ||
    new RegExp(`^    ${property}: `, "m").test(reader)
  );
}

/** What npm would pack by the `files` of package.json: folders, less the endings and folders behind a `!`. */
function packedFiles(): string[] {
  const kept = manifest.files.filter((entry) => !entry.startsWith("!"));
  const dropped = manifest.files
    .filter((entry) => entry.startsWith("!"))
    .map((entry) => entry.slice(1));
  return kept
    .flatMap(filesBelow)
    .filter((file) => !dropped.some((entry) => isBelow(file, entry)));
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(path.join(root, folder), {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path
        .relative(root, path.join(entry.parentPath, entry.name))
        .split(path.sep)
        .join("/"),
    );
}

function isBelow(file: string, entry: string): boolean {
  return entry.startsWith("**/*")
    ? file.endsWith(entry.slice("**/*".length))
    : file.startsWith(`${entry}/`);
}

/** What the talk page's server serves, and the list of it. */
function pageFiles(): readonly string[] {
  const types = JSON.parse(read("dist/page/files.json")) as object;
  return [...Object.keys(types), "files.json"];
}

function isWanted(file: string): boolean {
  if (file.startsWith("examples/"))
    return file.endsWith(".json") || file.endsWith(".md");
  if (file.startsWith("resources/")) return file === "resources/tour.js";
  if (file.startsWith("recordings/")) return /\.(wav|json|md)$/.test(file);
  if (/^dist\/nodes\/(icons|locales)\//.test(file))
    return /\.(svg|json|html)$/.test(file);
  if (/^dist\/nodes\/[^/]+\.html$/.test(file)) return true;
  if (file.startsWith("dist/page/"))
    return pageFiles().includes(file.slice("dist/page/".length));
  return (
    /^dist\/(lib|nodes)\/.+\.(js|d\.ts|json|wav|wasm)$/.test(file) &&
    !file.includes(".editor.")
  );
}
