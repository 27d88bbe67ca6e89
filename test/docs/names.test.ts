import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ERROR_CODES } from "../../lib/client";
import { ECHO_PATH } from "../../nodes/editor/echo-choice";
import {
  keyOf,
  SECTIONS,
  SESSION_FIELDS,
  type SectionName,
} from "../../nodes/editor/session-fields";
import { exampleNames } from "../../scripts/flow-file";
import { packageRoot } from "../../scripts/user-dir";
import { propertiesOf } from "../support/editor-definitions";
import { PAGES, proseOf, readPage, tableRowsOf, type Page } from "./pages";

type Texts = { readonly [key: string]: string | Texts };

const SESSION = "voice-live-session";
/** Fields of the dialog that stand for a whole setting. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  sensitivity: "turn_detection",
  echo: ECHO_PATH,
};
const TYPES: Readonly<Record<string, string>> = {
  "audio in": "voice-live-audio-in",
  "audio out": "voice-live-audio-out",
  "function call": "voice-live-function",
};
/** Names of the service, of core nodes and their dialogs, and of column heads, that no dialog of ours has. */
const OTHER_NAMES = new Set([
  "Cognitive Services User",
  "Field",
  "Foundry User",
  "Tab",
  "a Buffer",
  "a String",
  "bind to local port",
  "catch",
  "link call",
  "resource",
  "session",
  "the entire message",
]);

describe("error codes in the docs", () => {
  for (const { file, text } of PAGES)
    it(`exist: ${file}`, () => {
      const named = text.match(/\bVOICE_LIVE_[A-Z_]+[A-Z]\b/g) ?? [];
      assert.deepEqual(
        named.filter((code) => !codes.has(code)),
        [],
      );
    });
});

describe("names of fields, choices, nodes and examples in the docs", () => {
  const pages = PAGES.filter(({ file }) => /^(README|docs\/)/.test(file));

  it("are found", () => {
    assert.ok(pages.flatMap(emphasized).length > 100);
  });

  for (const page of pages)
    it(`are as the editor has them: ${page.file}`, () => {
      assert.deepEqual(
        emphasized(page).filter((name) => !isNameKnown(name)),
        [],
      );
    });
});

describe("docs/settings-by-effect.md", () => {
  const rows = tableRowsOf(readPage("docs/settings-by-effect.md"));

  it("has rows", () => {
    assert.ok(rows.length > 50);
  });

  for (const [dialog = "", file = ""] of rows)
    it(`names what the dialog and the flow file have: ${dialog}`, () => {
      const place =
        /^(?:_(?<tab>[^_]+)_ → |(?<node>audio in|audio out|function call): )_(?<label>[^_]+)_(?:: _(?<option>[^_]+)_)?$/.exec(
          dialog,
        )?.groups;
      const property = /^`([\w.]+)`$/.exec(file)?.[1];
      assert.ok(place && property, `${dialog} | ${file}`);
      const { tab, node, label, option } = place;
      const type = node ? TYPES[node] : SESSION;
      assert.ok(type);
      assert.ok(hasProperty(type, property), `${type} has no ${property}`);
      const key = (tab ? keysOnTab(tab) : [property]).find(
        (each) =>
          catalogText(type, `label.${each}`) === label &&
          standsFor(each, property),
      );
      assert.ok(key, `no «${label}» for ${property} on ${tab ?? node}`);
      if (option)
        assert.ok(optionsOf(type, key).includes(option), `«${option}»`);
    });
});

describe("docs/troubleshooting.md", () => {
  const rows = tableRowsOf(readPage("docs/troubleshooting.md"));
  const sources = sourcesOf("lib/client");
  const statuses = catalog(SESSION)["status"] as Texts;

  it("has rows", () => {
    assert.ok(rows.length > 40);
  });

  for (const [seen = "", , advice = ""] of rows)
    it(`names what can be seen and set: ${seen}`, () => {
      for (const [, kind = "", name = ""] of seen.matchAll(
        /\b(status|event|warning|reason) `([^`]+)`/g,
      ))
        assert.ok(isSeen(kind, name), `${kind} ${name}`);
      const [, status, code] =
        /status `([^`]+)`, `(VOICE_LIVE_\w+)`/.exec(seen) ?? [];
      const isConnection = status === "reconnecting";
      if (status && code && !isConnection)
        assert.equal((statuses["fault"] as Texts)[code], status);
      for (const [, figure = ""] of advice.matchAll(/`([a-z]+_[a-z_]+)`/g))
        assert.ok(sources.includes(`${figure}:`), figure);
    });

  function isSeen(kind: string, name: string): boolean {
    if (kind === "status") return textsIn(statuses).includes(name);
    if (kind === "event")
      return (
        catalogText("voice-live-event", `option.kinds.${name}`) !== undefined
      );
    return kind === "warning"
      ? new RegExp(`(warn\\(\\s*|code: )"${name}"`).test(sources)
      : sources.includes(`"${name}"`);
  }
});

describe("CONTRIBUTING.md", () => {
  const { text } = readPage("CONTRIBUTING.md");

  it("names files that are there", () => {
    const files = [
      ...text.matchAll(/`((?:lib|nodes|test|scripts|locales)\/[\w./-]*)`/g),
    ].map(([, file = ""]) => file);
    assert.ok(files.length > 20);
    assert.deepEqual(
      files.filter((file) => !file.includes("-x.") && !isThere(file)),
      [],
    );
  });

  it("names commands that are there", () => {
    const { scripts } = JSON.parse(read("package.json")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = [...text.matchAll(/`npm run ([\w:]+)/g)];
    assert.ok(named.length > 5);
    for (const [, name = ""] of named) assert.ok(scripts[name], name);
  });
});

describe("CHANGELOG.md", () => {
  const { text } = readPage("CHANGELOG.md");

  it("has the version of the package", () => {
    const { version } = JSON.parse(read("package.json")) as {
      readonly version: string;
    };
    assert.ok(text.includes(`## [${version}]`));
  });

  it("names all examples", () => {
    const words = text.replaceAll(/\s+/g, " ");
    assert.deepEqual(
      exampleNames().filter((name) => !words.includes(name)),
      [],
    );
  });
});

const codes: ReadonlySet<string> = new Set(ERROR_CODES);
const allTexts = new Set(
  readdirSync(path.join(packageRoot, "locales/en-US"))
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => textsIn(catalog(path.basename(file, ".json")))),
);
const settings: ReadonlySet<string> = new Set([
  ECHO_PATH,
  ...SESSION_FIELDS.map((field) => field.path),
  ...SESSION_FIELDS.filter(({ kind }) => kind === "variant").map(
    (field) => `${field.path}.type`,
  ),
]);

/** What is in italics, as in _At end of speech_. */
function emphasized(page: Page): readonly string[] {
  const words = proseOf(page).replaceAll(/`[^`]*`/g, "");
  return [...words.matchAll(/(?<!\w)_([^_]+)_(?!\w)/g)].map(([, name = ""]) =>
    name.replaceAll(/\s+/g, " "),
  );
}

function isNameKnown(name: string): boolean {
  return (
    allTexts.has(name) || OTHER_NAMES.has(name) || exampleNames().includes(name)
  );
}

function hasProperty(type: string, property: string): boolean {
  if (property.startsWith("settings."))
    return settings.has(property.slice("settings.".length));
  return propertiesOf(type).includes(property);
}

function standsFor(key: string, property: string): boolean {
  const setting = property.replace(/^settings\./, "");
  return (
    key === property ||
    key === keyOf(setting.replace(/\.type$/, "")) ||
    STANDS_FOR[key] === setting
  );
}

/** Keys of the labels on a tab of the session dialog: those of its template, and of the sections that are filled in. */
function keysOnTab(tab: string): readonly string[] {
  const panels = read(`nodes/${SESSION}.html`).split(
    /<div id="voice-live-session-(\w+)" class="voice-live-tab">/,
  );
  const at = panels.findIndex(
    (name, index) => index % 2 === 1 && tabLabel(name) === tab,
  );
  const panel = panels[at + 1] ?? "";
  const sections = [...panel.matchAll(/data-fields="(\w+)"/g)].map(
    ([, name = ""]) => name as SectionName,
  );
  return [
    ...[...panel.matchAll(/\.label\.(\w+)"/g)].map(([, key = ""]) => key),
    ...sections.flatMap((name) =>
      SECTIONS[name].map((field) => keyOf(field.path)),
    ),
  ];
}

function tabLabel(name: string): string | undefined {
  const key = `label.tab${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return catalogText(SESSION, key);
}

function optionsOf(type: string, key: string): readonly string[] {
  const { option } = catalog(type);
  const { yes, no, off, [key]: own } = option as Texts;
  return [
    yes,
    no,
    off,
    ...(typeof own === "object" ? textsIn(own) : []),
  ].filter((text) => typeof text === "string");
}

function catalogText(type: string, key: string): string | undefined {
  const found = key
    .split(".")
    .reduce<Texts | string | undefined>(
      (texts, part) => (typeof texts === "object" ? texts[part] : undefined),
      catalog(type),
    );
  return typeof found === "string" ? found : undefined;
}

function catalog(type: string): Texts {
  return (JSON.parse(read(`locales/en-US/${type}.json`)) as Texts)[
    type
  ] as Texts;
}

function textsIn(texts: Texts): readonly string[] {
  return Object.values(texts).flatMap((text) =>
    typeof text === "string" ? [text] : textsIn(text),
  );
}

function sourcesOf(folder: string): string {
  return readdirSync(path.join(packageRoot, folder))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => read(`${folder}/${file}`))
    .join("\n");
}

function isThere(file: string): boolean {
  return existsSync(path.join(packageRoot, file));
}

function read(file: string): string {
  return readFileSync(path.join(packageRoot, file), "utf8");
}
