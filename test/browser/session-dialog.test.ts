import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  SESSION_FIELDS,
  type SessionField,
} from "../../nodes/editor/session-fields";
import {
  CONFIG_FORM,
  fillControls,
  heldValues,
  narrow,
  overflowing,
  switchSelects,
  wordsOf,
  type Samples,
} from "./dialog-form";
import {
  addConfig,
  addNode,
  addSession,
  closeDialog,
  deploy,
  edit,
  exported,
  give,
  openConfig,
  openEditor,
  openNode,
  showTab,
  UNTRANSLATED,
  type OpenEditor,
  type Properties,
} from "./editor-page";

const RESOURCE = {
  id: "resource1",
  type: "voice-live-resource",
  name: "",
  service: "simulator",
  apiVersion: "2026-07-15",
  script: "echo",
};
const OPENAI = { ...RESOURCE, id: "resource2", service: "openai" };
const FLOWS = [{ id: "tab1", type: "tab", label: "Flow" }, RESOURCE, OPENAI];
const TABS = [
  "persona",
  "voice",
  "listening",
  "tools",
  "conversations",
  "limits",
  "advanced",
];
/** Kinds with as many fields as possible. */
const KINDS: Readonly<Record<string, string>> = {
  interim_response: "llm_interim_response",
  voice: "azure-standard",
  avatar: "photo-avatar",
  turn_detection: "azure_semantic_vad_multilingual",
  "turn_detection.end_of_utterance_detection": "semantic_detection_v1",
  input_audio_noise_reduction: "azure_deep_noise_suppression",
  input_audio_transcription: "azure-speech",
};
/** Texts that their field takes, where any text of its kind would not do. */
const SAMPLES: Readonly<Record<string, string>> = {
  "voice.name": "en-US-Ava:DragonHDLatestNeural",
  "voice.rate": "1.1",
  input_audio_sampling_rate: "16000",
  "avatar.ice_servers": '[{"urls": ["turn:relay.example"]}]',
  // Beside a colour there is no picture.
  "avatar.video.background.image_url": "",
};
/** Of what is no setting: everything as the settings below need it. */
const PROPERTY_SAMPLES: Samples = {
  resource: RESOURCE.id,
  target: "model",
  model: "gpt-4.1",
  profile: "",
  carry: "_session, device",
  key: "device",
  sessionMinutes: "20",
  echo: "server",
  sensitivity: "",
};
const TOKEN = "Bearer Canary.Token.of.the.Dialog";

/** Deploying asks about nodes that are not complete, or that nobody uses. */
const REMOVE_NODES = `{
  const ids = [];
  RED.nodes.eachNode(({ id }) => void ids.push(id));
  RED.nodes.eachConfig(({ id, type }) => {
    if (type === "voice-live-session") ids.push(id);
  });
  ids.forEach((id) => RED.nodes.remove(id));
}`;

describe("session dialog in a browser", function () {
  this.timeout(120_000);
  let editor: OpenEditor | undefined;
  let page: Page;

  before(async function () {
    editor = await openEditor(this, FLOWS, RESOURCE.id);
    ({ page } = editor);
  });

  after(() => editor?.close());

  afterEach(async function () {
    await editor?.settle(this);
    await page.evaluate(REMOVE_NODES);
  });

  it("opens from a node of the palette, is filled, saved, reopened with the same values, and deployed", async () => {
    const node = await addNode(page, "voice-live-transcript");
    await openNode(page, node);
    await page.locator("#node-input-btn-session-add").click();
    await page.locator("#node-config-input-resource").waitFor();
    await fillEverything(page);
    const typed = await shownTexts(page);
    const held = await heldValues(page, CONFIG_FORM);
    assert.ok(Object.keys(typed).length > 60, "most fields are filled");
    assert.equal(await page.locator(".voice-live-wrong:visible").count(), 0);
    const id = await addConfig(page, "voice-live-session");
    await closeDialog(page, "#node-dialog-ok");
    const saved = await exported(page, id);

    await openConfig(page, id);
    assert.deepEqual(await shownTexts(page), typed);
    assert.deepEqual(await heldValues(page, CONFIG_FORM), held);
    await closeDialog(page, "#node-config-dialog-ok");
    assert.deepEqual(await exported(page, id), saved);
    assert.equal(await isValid(page, id), true);

    const deployed = (await deploy(page)).find((each) => each["id"] === id);
    assert.deepEqual({ ...deployed, ...saved }, deployed);
  });

  it("keeps what was set when every select is switched through all its choices and back, and fits into a tray of 400 pixels", async () => {
    const id = await addSession(page);
    await openConfig(page, id);
    await fillEverything(page);
    await showTab(page, "listening");
    await edit(page, { "#voice-live-session-echo": "client" });
    const before = await settingsShown(page);
    const held = await heldValues(page, CONFIG_FORM);
    const selects: string[] = await page.evaluate(
      `$("${CONFIG_FORM} select").toArray().map(({ id }) => id)`,
    );
    const settings = selects.filter((each) =>
      each.startsWith("voice-live-setting"),
    );
    assert.ok(settings.length >= 18, "all selects are found");
    for (const select of settings) {
      await page.evaluate(switchThrough(select));
      assert.deepEqual(await settingsShown(page), before, select);
    }
    assert.ok((await switchSelects(page, CONFIG_FORM)) >= 6);
    assert.deepEqual(await settingsShown(page), before);
    assert.deepEqual(await heldValues(page, CONFIG_FORM), held);

    await narrow(page);
    for (const tab of TABS) {
      await showTab(page, tab);
      const place = `#voice-live-session-${tab}`;
      assert.deepEqual(await overflowing(page, place), [], tab);
    }
    assert.doesNotMatch(await wordsOf(page, CONFIG_FORM), UNTRANSLATED);
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("says of what the model cannot use why, and marks what was set nevertheless", async () => {
    const id = await addSession(page);
    await give(page, id, {
      settings: { voice: { type: "openai", name: "alloy" } },
    });
    await openConfig(page, id);
    const reason = (path: string) =>
      page.locator(`[data-setting="${path}"] > .voice-live-reason`);
    const interim = page.locator("#voice-live-setting-interim-response");
    assert.equal(await interim.isDisabled(), true);
    assert.equal(
      await reason("interim_response").innerText(),
      "Text models and agents only",
    );
    await edit(page, { "#node-config-input-model": "gpt-4.1" });
    assert.equal(await interim.isDisabled(), false);
    assert.equal(await reason("interim_response").isVisible(), false);
    await showTab(page, "voice");
    assert.match(
      (await reason("voice").getAttribute("class")) ?? "",
      /voice-live-wrong/,
    );
    await closeDialog(page, "#node-config-dialog-ok");
    assert.equal(await isValid(page, id), false);
  });

  it("says of what the service of the chosen resource leaves out that it does, and keeps it", async () => {
    const id = await addSession(page);
    await openConfig(page, id);
    await showTab(page, "voice");
    const reason = page.locator('[data-setting="voice"] > .voice-live-reason');
    const avatar = page.locator("#voice-live-setting-avatar");
    assert.equal(await reason.isVisible(), false);
    await edit(page, { "#node-config-input-resource": OPENAI.id });
    assert.equal(await reason.innerText(), "Left out: not in OpenAI Realtime");
    assert.equal(await page.locator(".voice-live-wrong:visible").count(), 0);
    assert.equal(await avatar.isDisabled(), true);
    const { settings } = await exported(page, id);
    await closeDialog(page, "#node-config-dialog-ok");
    assert.deepEqual((await exported(page, id))["settings"], settings);
    assert.equal(await isValid(page, id), true);
    await openConfig(page, id);
    await edit(page, { "#node-config-input-resource": RESOURCE.id });
    await showTab(page, "voice");
    assert.equal(await reason.isVisible(), false);
    assert.equal(await avatar.isDisabled(), false);
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("finds a voice by language and name, with the keyboard, and takes any other name", async () => {
    const id = await addSession(page);
    await openConfig(page, id);
    await showTab(page, "voice");
    const name = page.locator("#voice-live-setting-voice-name");
    await name.fill("de-DE katja");
    assert.deepEqual(
      await page.locator(".voice-live-voices > a").allInnerTexts(),
      ["de-DE-KatjaNeural"],
    );
    assert.equal(await page.locator(".voice-live-voices > b").count(), 1);
    await name.press("ArrowDown");
    await name.press("Enter");
    assert.equal(await name.inputValue(), "de-DE-KatjaNeural");
    assert.equal(await page.locator(".voice-live-voices").isVisible(), false);
    await name.fill("xx-XX-MyOwnNeural");
    await name.press("Escape");
    await closeDialog(page, "#node-config-dialog-ok");
    const { settings } = await exported(page, id);
    assert.deepEqual((settings as Properties)["voice"], {
      type: "azure-standard",
      name: "xx-XX-MyOwnNeural",
    });
  });

  it("takes the value of a select from an environment variable", async () => {
    const id = await addSession(page);
    await openConfig(page, id);
    const reasoning = "#voice-live-setting-reasoning-effort";
    await edit(page, {
      [reasoning]: "${}",
      [`${reasoning}-variable`]: "${WIT}",
    });
    await closeDialog(page, "#node-config-dialog-ok");
    const { settings } = await exported(page, id);
    assert.equal((settings as Properties)["reasoning_effort"], "${WIT}");
    await openConfig(page, id);
    assert.equal(
      await page.locator(`${reasoning}-variable`).inputValue(),
      "${WIT}",
    );
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("shows line and column of wrong JSON, and keeps it for the next time", async () => {
    const id = await addSession(page);
    await openConfig(page, id);
    await showTab(page, "voice");
    await edit(page, {
      "#voice-live-setting-avatar": "video-avatar",
      "#voice-live-setting-avatar-ice-servers": '[{"urls"\n  ["turn:a"]}]',
    });
    const problem = page.locator(
      '[data-setting="avatar.ice_servers"] > .voice-live-wrong',
    );
    assert.match(await problem.innerText(), /2:3 \[/);
    await closeDialog(page, "#node-config-dialog-ok");
    assert.equal(await isValid(page, id), false);
    await openConfig(page, id);
    await showTab(page, "voice");
    assert.equal(
      await page.locator("#voice-live-setting-avatar-ice-servers").inputValue(),
      '[{"urls"\n  ["turn:a"]}]',
    );
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("refuses a renewal margin that is not shorter than the session", async () => {
    const id = await addSession(page);
    await openConfig(page, id);
    await showTab(page, "conversations");
    await edit(page, {
      "#node-config-input-sessionMinutes": "2",
      "#node-config-input-renewMarginSeconds": "120",
    });
    await closeDialog(page, "#node-config-dialog-ok");
    assert.equal(await isValid(page, id), false);
    assert.match(await reasonsOf(page, id), /less than the session lasts/);
  });

  it("keeps the authorization of an MCP server out of the flow file, and remembers that there is one", async () => {
    const id = await addSession(page);
    await openConfig(page, id);
    await showTab(page, "tools");
    await page.locator("#voice-live-session-mcp-add").click();
    const box = page.locator(".voice-live-box");
    const field = (member: string) => box.locator(`[data-member="${member}"]`);
    await field("server_label").locator("input").fill("docs");
    await field("server_url").locator("input").fill("https://docs.example/mcp");
    await box.locator("input[type=password]").fill(TOKEN);
    await field("require_approval").locator("select").selectOption("{}");
    await field("require_approval.never").locator("input").fill("search, read");
    await closeDialog(page, "#node-config-dialog-ok");
    const saved = await exported(page, id);
    assert.deepEqual((saved["settings"] as Properties)["tools"], [
      {
        type: "mcp",
        server_label: "docs",
        server_url: "https://docs.example/mcp",
        require_approval: { never: ["search", "read"] },
      },
    ]);
    assert.deepEqual(saved["authorizedServers"], ["docs"]);
    const user = await addNode(page, "voice-live-transcript");
    await openNode(page, user);
    await edit(page, { "#node-input-session": id });
    await closeDialog(page, "#node-dialog-ok");
    const flows = await deploy(page);
    assert.doesNotMatch(JSON.stringify([saved, flows]), /Canary/);

    await openConfig(page, id);
    await showTab(page, "tools");
    assert.equal(
      await box.locator("input[type=password]").inputValue(),
      "__PWRD__",
    );
    await field("server_label").locator("input").fill("manuals");
    await closeDialog(page, "#node-config-dialog-ok");
    assert.deepEqual((await exported(page, id))["authorizedServers"], [
      "manuals",
    ]);
    assert.equal(
      await pendingChanges(page, id),
      JSON.stringify({ docs: null, manuals: { from: "docs" } }),
    );
  });
});

/** Fills every field that can be used, tab by tab. */
async function fillEverything(page: Page): Promise<void> {
  await edit(page, { "#node-config-input-resource": RESOURCE.id });
  const texts = SESSION_FIELDS.map((field) => [
    field.path,
    SAMPLES[field.path] ?? sampleOf(field),
  ]);
  for (const tab of TABS) {
    await showTab(page, tab);
    const place = `#voice-live-session-${tab}`;
    await fillControls(page, place, PROPERTY_SAMPLES);
    await page.evaluate(fillSettings(place, Object.fromEntries(texts)));
  }
}

/** Script that gives each setting its text, in the order in which they stand; a set has all its ticks. */
function fillSettings(
  place: string,
  texts: Readonly<Record<string, string>>,
): string {
  return `(() => {
    const texts = ${JSON.stringify(texts)};
    for (const row of $("${place} [data-setting]").toArray()) {
      const control = $(row).find("input, select, textarea").filter(":visible:enabled");
      if (control.is(":checkbox")) control.not(":checked").each((_index, tick) => tick.click());
      else control.first().val(texts[$(row).data("setting")]).trigger("input").trigger("change");
    }
  })()`;
}

function sampleOf({ path, kind, range, options }: SessionField): string {
  if (kind === "variant") return KINDS[path] ?? "";
  if (kind === "choice") return options?.[0] ?? "";
  if (kind === "flag") return "false";
  if (kind === "number") return String(range?.[0] ?? 1);
  if (kind === "json") return "[0, 10]";
  if (kind === "map") return "first: one";
  return kind === "words" ? "en, de" : "some text";
}

/** What each filled control shows, by its id; ticks by the value they stand for. */
function shownTexts(page: Page): Promise<Record<string, string>> {
  return page.evaluate(`Object.fromEntries(
    $("#node-config-dialog-edit-form [data-setting]").find("input, select, textarea").toArray()
      .map((each) => [
        each.id || $(each).closest("[data-setting]").data("setting") + "=" + $(each).data("value"),
        each.type === "checkbox" ? String(each.checked) : $(each).val(),
      ])
      .filter(([, text]) => text !== "" && text !== "false" && text !== null)
  )`);
}

/** The settings as the Advanced tab has them. */
function settingsShown(page: Page): Promise<unknown> {
  return page.evaluate(`JSON.parse(
    monaco.editor.getModels().map((model) => model.getValue())
      .filter((text) => text.includes('"turn_detection"')).at(-1)
  )`);
}

/** Script that chooses every option of a select, and in the end what was chosen before. */
function switchThrough(id: string): string {
  return `(() => {
    const select = $("#${id}");
    const chosen = select.val();
    const values = select.find("option:not(:disabled)").toArray().map((each) => each.value);
    for (const value of [...values, chosen]) select.val(value).trigger("change");
  })()`;
}

function isValid(page: Page, id: string): Promise<boolean> {
  return page.evaluate(`RED.nodes.node("${id}").valid`);
}

function reasonsOf(page: Page, id: string): Promise<string> {
  return page.evaluate(
    `JSON.stringify(RED.nodes.node("${id}").validationErrors)`,
  );
}

function pendingChanges(page: Page, id: string): Promise<string> {
  return page.evaluate(`RED.nodes.node("${id}").credentials.mcpChanges`);
}
