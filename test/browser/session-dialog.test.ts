import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  keyOf,
  SESSION_FIELDS,
  type SessionField,
} from "../../nodes/editor/session-fields";
import {
  addConfig,
  addNode,
  addSession,
  closeDialog,
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
const FLOWS = [{ id: "tab1", type: "tab", label: "Flow" }, RESOURCE];
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

  afterEach(async () => {
    assert.deepEqual(editor?.complaints, []);
    await page.evaluate(REMOVE_NODES);
  });

  it("opens from a node of the palette, is filled, saved, reopened with the same values, and deployed", async () => {
    const node = await addNode(page, "voice-live-transcript");
    await openNode(page, node);
    await page.locator("#node-input-btn-session-add").click();
    await page.locator("#node-config-input-resource").waitFor();
    await edit(page, {
      "#node-config-input-resource": RESOURCE.id,
      "#node-config-input-model": "gpt-4.1",
    });
    await fillEverything(page);
    const typed = await shownTexts(page);
    assert.ok(Object.keys(typed).length > 60, "most fields are filled");
    assert.equal(await page.locator(".voice-live-wrong:visible").count(), 0);
    const id = await addConfig(page, "voice-live-session");
    await closeDialog(page, "#node-dialog-ok");
    const saved = await exported(page, id);

    await openConfig(page, id);
    assert.deepEqual(await shownTexts(page), typed);
    await closeDialog(page, "#node-config-dialog-ok");
    assert.deepEqual(await exported(page, id), saved);
    assert.equal(await isValid(page, id), true);

    const deployed = (await deploy(page)).find((each) => each["id"] === id);
    assert.deepEqual(deployed?.["settings"], saved["settings"]);
  });

  it("keeps what was set when every select is switched through all its choices and back", async () => {
    const id = await addSession(page);
    await openConfig(page, id);
    await fillEverything(page);
    await showTab(page, "listening");
    await edit(page, { "#voice-live-session-echo": "client" });
    const before = await settingsShown(page);
    const selects = await page
      .locator("#node-config-dialog-edit-form select")
      .evaluateAll((all) =>
        (all as { id: string }[]).map(({ id: each }) => each),
      );
    const ours = selects.filter((each) => each.startsWith("voice-live-"));
    assert.ok(ours.length > 20, "all selects are found");
    for (const select of ours) {
      await page.evaluate(switchThrough(select));
      assert.deepEqual(await settingsShown(page), before, select);
    }
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

  it("fits into a tray of 400 pixels on every tab, with every text translated", async () => {
    const id = await addSession(page);
    await openConfig(page, id);
    await fillEverything(page);
    await page.evaluate(
      "$('.red-ui-tray').last().css('width', '400px'); RED.tray.resize()",
    );
    for (const tab of TABS) {
      await showTab(page, tab);
      assert.deepEqual(await page.evaluate(overflowing(tab)), [], tab);
    }
    const text = await page
      .locator("#node-config-dialog-edit-form")
      .evaluate(
        (form) => (form as { textContent: string | null }).textContent ?? "",
      );
    assert.doesNotMatch(text, UNTRANSLATED);
    await closeDialog(page, "#node-config-dialog-cancel");
  });
});

/** Fills every field that can be used, tab by tab, as a user would. */
async function fillEverything(page: Page): Promise<void> {
  for (const tab of TABS) {
    await showTab(page, tab);
    for (const field of await fieldsOf(page, tab)) {
      const control = page.locator(`#voice-live-setting-${keyOf(field.path)}`);
      const isUsable =
        (await control.isVisible()) && (await control.isEnabled());
      if (isUsable) await fill(page, field);
    }
  }
}

async function fieldsOf(
  page: Page,
  tab: string,
): Promise<readonly SessionField[]> {
  const paths: readonly string[] = await page.evaluate(
    `$("#voice-live-session-${tab} [data-setting]").toArray().map((row) => $(row).data("setting"))`,
  );
  return SESSION_FIELDS.filter(({ path }) => paths.includes(path));
}

async function fill(page: Page, field: SessionField): Promise<void> {
  const control = page.locator(`#voice-live-setting-${keyOf(field.path)}`);
  const text = SAMPLES[field.path] ?? sampleOf(field);
  if (field.kind === "set") {
    for (const tick of await control.locator("input").all())
      await tick.setChecked(true);
  } else if (["flag", "choice", "variant"].includes(field.kind))
    await control.selectOption(text);
  else await control.fill(text);
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

/** Script that finds what stands out of a tab, or cannot be seen whole. */
function overflowing(tab: string): string {
  return `(() => {
    const body = $(".red-ui-tray").last().find(".red-ui-tray-body-wrapper").get(0);
    const edge = body.getBoundingClientRect().right + 1;
    const out = $("#voice-live-session-${tab}").find("*").toArray()
      .filter((each) => each.offsetParent && !$(each).closest(".monaco-editor, .voice-live-voices").length)
      .filter((each) => each.getBoundingClientRect().right > edge)
      .map((each) => each.id || each.className || each.nodeName);
    return body.scrollWidth > body.clientWidth ? [...out, "the tray scrolls"] : out;
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

/** Presses Deploy and gives the flows that Node-RED has then. */
async function deploy(page: Page): Promise<Properties[]> {
  const answer = page.waitForResponse(
    (response) =>
      response.url().endsWith("/flows") &&
      response.request().method() === "POST",
  );
  await page.locator("#red-ui-header-button-deploy").click();
  assert.ok((await answer).ok());
  return page.evaluate("$.getJSON('flows').then(({ flows }) => flows)");
}
