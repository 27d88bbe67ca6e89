import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { packageRoot } from "../../scripts/user-dir";
import { blocksOf } from "../support/translations";
import { launchChromium } from "./browser";
import {
  CONFIG_FORM,
  narrow,
  NODE_FORM,
  overflowing,
  textsOf,
  tightLabels,
} from "./dialog-form";
import {
  addNode,
  closeDialog,
  openConfig,
  openEditorIn,
  openNode,
  showTab,
  type OpenEditor,
} from "./editor-page";

type Catalog = { readonly [key: string]: string | Catalog };

const LOCALES = path.join(packageRoot, "locales");
const RESOURCE = {
  id: "resource1",
  type: "voice-live-resource",
  name: "",
  service: "azure",
  endpoint: "https://example.services.ai.azure.com",
  apiVersion: "2026-07-15",
};
/** A session with kinds that have as many fields as possible. */
const SESSION = {
  id: "session1",
  type: "voice-live-session",
  name: "",
  resource: RESOURCE.id,
  target: "model",
  model: "gpt-4.1",
  agent: {},
  conversations: "keyed",
  key: "_session.id",
  keyType: "msg",
  carry: ["_session"],
  greeting: { mode: "exact", text: "Hallo" },
  settings: {
    interim_response: { type: "llm_interim_response" },
    voice: { type: "azure-standard", name: "de-DE-KatjaNeural" },
    avatar: { type: "photo-avatar" },
    turn_detection: {
      type: "azure_semantic_vad_multilingual",
      end_of_utterance_detection: { model: "semantic_detection_v1" },
    },
    input_audio_echo_cancellation: { type: "server_echo_cancellation" },
    input_audio_transcription: { model: "azure-speech" },
    tools: [
      {
        type: "mcp",
        server_label: "docs",
        server_url: "https://example.com/mcp",
      },
    ],
  },
};
const FLOWS = [{ id: "tab1", type: "tab", label: "Flow" }, RESOURCE, SESSION];
const TABS = [
  "persona",
  "voice",
  "listening",
  "tools",
  "conversations",
  "limits",
  "advanced",
];
/** Values of the service in empty fields that an English text happens to be like: the name of the animation model. */
const VALUES: readonly string[] = ["default"];
const CONFIGS: readonly string[] = [RESOURCE.type, SESSION.type];
const types = readdirSync(path.join(LOCALES, "en-US"))
  .filter((file) => file.endsWith(".html"))
  .map((file) => path.basename(file, ".html"));

/** German has the longest words of the languages that the dialogs speak. */
describe("editor in German", function () {
  this.timeout(60_000);
  let editor: OpenEditor | undefined;
  let page: Page;

  before(async function () {
    editor = await openEditorIn(await launchChromium(this), FLOWS, SESSION.id, {
      locale: "de-DE",
    });
    ({ page } = editor);
  });

  after(() => editor?.close());

  afterEach(function () {
    return editor?.settle(this);
  });

  it("shows every tab of the session dialog in German, within a tray of 400 pixels", async () => {
    await openConfig(page, SESSION.id);
    await narrow(page);
    for (const tab of TABS) {
      await showTab(page, tab);
      const place = `#voice-live-session-${tab}`;
      await fits(place, tab);
    }
    assert.deepEqual(englishIn(await textsOf(page, CONFIG_FORM)), []);
    const german = germanIn(await textsOf(page, CONFIG_FORM));
    assert.ok(german.length > 200, `${german.length} texts are of the catalog`);
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("shows the dialog of a resource in German, within a tray of 400 pixels", async () => {
    await openConfig(page, RESOURCE.id);
    await narrow(page);
    await fits(CONFIG_FORM, RESOURCE.type);
    assert.deepEqual(englishIn(await textsOf(page, CONFIG_FORM)), []);
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("shows the dialog of every other node in German, within a tray of 400 pixels", async () => {
    for (const type of types.filter((each) => !CONFIGS.includes(each))) {
      await openNode(page, await addNode(page, type));
      await narrow(page);
      await fits(NODE_FORM, type);
      const shown = await textsOf(page, NODE_FORM);
      assert.deepEqual(englishIn(shown), [], type);
      assert.ok(germanIn(shown).length > 0, type);
      await closeDialog(page, "#node-dialog-cancel");
    }
  });

  it("names every node of the palette in German, in words that fit into it unbroken", async () => {
    const names: string[] = await page.evaluate(
      `$(".red-ui-palette-node[data-palette-type^=voice-live] .red-ui-palette-label").toArray().map((each) => each.innerText.replace(/\\s+/g, " "))`,
    );
    const known = types
      .filter((type) => !CONFIGS.includes(type))
      .map((type) => german.get(`${type}.label.palette`) ?? type);
    assert.deepEqual(names.toSorted(), known.toSorted());
  });

  async function fits(place: string, name: string): Promise<void> {
    assert.deepEqual(await overflowing(page, place), [], name);
    assert.deepEqual(await tightLabels(page, place), [], name);
  }

  for (const language of readdirSync(LOCALES))
    it(`shows the headings and properties of the help in ${language} as such`, async () => {
      for (const type of types) {
        const help = read(`${language}/${type}.html`);
        const blocks = blocksOf(help);
        const count = (kind: string): number =>
          blocks.filter((block) => block.kind === kind).length;
        assert.deepEqual(
          await renderedParts(page, help),
          { headings: count("heading"), properties: count("property") },
          type,
        );
      }
    });
});

/** How the sidebar of the editor would show a help text. */
function renderedParts(
  page: Page,
  help: string,
): Promise<{ headings: number; properties: number }> {
  const text = help.replaceAll(/<\/?script[^>]*>/g, "");
  return page.evaluate(`(() => {
    const shown = $("<div>").html(RED.utils.renderMarkdown(${JSON.stringify(text)}));
    return { headings: shown.find("h3").length, properties: shown.find("dl > dt").length };
  })()`);
}

function read(file: string): string {
  return readFileSync(path.join(LOCALES, file), "utf8");
}

function catalogOf(language: string): ReadonlyMap<string, string> {
  return new Map(
    types.flatMap((type) => [
      ...flatten(JSON.parse(read(`${language}/${type}.json`)) as Catalog, ""),
    ]),
  );
}

function flatten(catalog: Catalog, prefix: string): [string, string][] {
  return Object.entries(catalog).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[prefix + key, value]]
      : flatten(value, `${prefix}${key}.`),
  );
}

const german = catalogOf("de");
const germanTexts = new Set(german.values());
const englishTexts = new Set(catalogOf("en-US").values());

function germanIn(shown: readonly string[]): readonly string[] {
  return shown.filter((text) => germanTexts.has(text));
}

/** Texts of the English catalogs that German has otherwise. */
function englishIn(shown: readonly string[]): readonly string[] {
  return shown.filter(
    (text) =>
      /^voice-live-[a-z-]+\./.test(text) ||
      (englishTexts.has(text) &&
        !germanTexts.has(text) &&
        !VALUES.includes(text)),
  );
}
