import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  addConfig,
  addNode,
  addSession,
  closeDialog,
  dismissWarning,
  edit,
  exported,
  give,
  jsonText,
  openConfig,
  openEditor,
  openNewConfig,
  openNode,
  showTab,
  typeJson,
  UNTRANSLATED,
  type OpenEditor,
  type Properties,
} from "./editor-page";

const RESOURCE = { id: "resource1", type: "voice-live-resource", name: "" };
const FLOWS = [{ id: "tab1", type: "tab", label: "Flow" }];

const SETTINGS = {
  instructions:
    "You are a friendly voice assistant. Answer in one or two short sentences.",
  voice: { type: "azure-standard", name: "en-US-Ava:DragonHDLatestNeural" },
  turn_detection: { type: "azure_semantic_vad" },
  input_audio_noise_reduction: { type: "azure_deep_noise_suppression" },
  input_audio_echo_cancellation: { type: "server_echo_cancellation" },
  input_audio_transcription: { model: "azure-speech" },
};

const ECHO = "#voice-live-session-echo";
const ECHO_TAIL = "#node-config-input-echoTailMs";
const SENSITIVITY = "#voice-live-session-sensitivity";
const CLIENT_REFERENCE = {
  type: "server_echo_cancellation",
  reference_source: "client",
  channels: 2,
};
/** Each choice for echo, and what the settings ask the service for (protocol.md §7.4). */
const ECHO_CHOICES: readonly [choice: string, asked?: Properties][] = [
  ["none"],
  ["server", { type: "server_echo_cancellation" }],
  ["client", CLIENT_REFERENCE],
  ["half-duplex"],
];

const EVENT_KINDS = [
  "connected",
  "ready",
  "updated",
  "turn",
  "usage",
  "approval",
  "warning",
  "error",
  "silence",
  "renewed",
  "history",
  "closed",
];

/** What a new node of each type writes into the flow file, beside its version (design.md §3.1). */
const PROPERTIES: Readonly<Record<string, Properties>> = {
  "voice-live-resource": {
    name: "",
    service: "simulator",
    endpoint: "",
    apiVersion: "2026-07-15",
    auth: "key",
    tenantId: "",
    clientId: "",
    scope: "https://ai.azure.com/.default",
    organization: "",
    project: "",
    customHost: false,
    tls: "",
    proxy: "",
    connectsPerMinute: 30,
    script: "assistant",
  },
  "voice-live-session": {
    name: "",
    resource: "resource1",
    target: "model",
    model: "gpt-realtime",
    profile: "",
    agent: {},
    settings: SETTINGS,
    authorizedServers: [],
    greeting: { mode: "none", text: "" },
    conversations: "one",
    key: "_session.id",
    keyType: "msg",
    carry: ["_session"],
    connect: "deploy",
    echo: "none",
    echoTailMs: 350,
    silenceSeconds: 0,
    idleMinutes: 10,
    maxConversations: 100,
    sessionMinutes: 50,
    renewMarginSeconds: 120,
    historyItems: 50,
    historyCharacters: 16000,
    historyStore: "",
    maxMinutes: 0,
    maxTokens: 0,
    dayMinutes: 0,
    dayTokens: 0,
    callsPerMinute: 60,
    callSteps: 10,
  },
  "voice-live-audio-in": {
    format: "auto",
    rate: 24000,
    channels: 1,
    encoding: "signed-integer",
    mix: "mean",
    strings: "base64",
    atEnd: "nothing",
    chunkMs: 40,
  },
  "voice-live-audio-out": {
    mode: "paced",
    leadMs: 200,
    chunkMs: 40,
    rate: 24000,
    encoding: "signed-integer",
    channels: 1,
    format: "raw",
    as: "buffer",
  },
  "voice-live-convert": {
    fromFormat: "auto",
    fromRate: 24000,
    fromChannels: 1,
    fromEncoding: "signed-integer",
    strings: "base64",
    each: "piece",
    format: "raw",
    rate: 24000,
    encoding: "signed-integer",
    as: "buffer",
    channels: 1,
    mix: "mean",
    chunkMs: 0,
  },
  "voice-live-transcript": { who: "both", partial: false },
  "voice-live-function": {
    functionName: "",
    description: "",
    parameters: { type: "object", properties: {} },
    timeoutMs: 30000,
    confirm: false,
    sayText: "",
    sayAfterMs: 1500,
    late: "report",
  },
  "voice-live-function-result": { respond: true },
  "voice-live-interrupt": {},
  "voice-live-message": { role: "user", respond: true, exact: false },
  "voice-live-control": { action: "" },
  "voice-live-event": {
    kinds: EVENT_KINDS,
    raw: false,
  },
  "voice-live-played": { unit: "ms", rate: 24000 },
  "voice-live-microphone": {
    program: "auto",
    device: "",
    rate: 24000,
    chunkMs: 40,
    latencyMs: 40,
    autostart: true,
  },
  "voice-live-speaker": { program: "auto", device: "", latencyMs: 100 },
  "voice-live-talk": {
    path: "talk",
    title: "",
    access: "off",
    origins: "",
    maxPages: 20,
    maxPagesPerAddress: 5,
  },
  "voice-live-record": {
    active: false,
    what: "both",
    folder: "",
    fileMinutes: 60,
    maxRecordings: 100,
    maxMegabytes: 1000,
    whenFull: "delete",
  },
};
const DEFAULTS: Readonly<Record<string, Properties>> = Object.fromEntries(
  Object.entries(PROPERTIES).map(([type, properties]) => [
    type,
    { version: 1, ...properties },
  ]),
);

/** Nodes that work without a session. */
const LOCAL = [
  "voice-live-convert",
  "voice-live-microphone",
  "voice-live-speaker",
];

/** Changes made in each dialog (`true` and `false` tick and untick), and what they are in the flow file. */
const EDITS: Readonly<
  Record<
    string,
    { controls: Record<string, string | boolean>; expected: Properties }
  >
> = {
  "voice-live-audio-in": {
    controls: {
      "#node-input-format": "raw",
      "#node-input-rate": "16000",
      "#node-input-encoding": "mu-law",
    },
    expected: { format: "raw", rate: 16000, encoding: "mu-law" },
  },
  "voice-live-audio-out": {
    controls: {
      "#node-input-mode": "reply",
      "#node-input-rate": "48000",
      "#node-input-format": "wav",
    },
    expected: { mode: "reply", rate: 48000, format: "wav" },
  },
  "voice-live-convert": {
    controls: {
      "#node-input-fromFormat": "raw",
      "#node-input-fromRate": "16000",
      "#node-input-fromEncoding": "signed-integer-24",
      "#node-input-rate": "8000",
      "#node-input-channels": "2",
      "#node-input-chunkMs": "20",
      "#node-input-format": "telephone-a-law",
    },
    expected: {
      fromFormat: "raw",
      fromRate: 16000,
      fromEncoding: "signed-integer-24",
      rate: 8000,
      channels: 2,
      chunkMs: 20,
      format: "telephone-a-law",
    },
  },
  "voice-live-transcript": {
    controls: { "#node-input-who": "user", "#node-input-partial": true },
    expected: { who: "user", partial: true },
  },
  "voice-live-function": {
    controls: {
      "#node-input-functionName": "get_weather",
      "#node-input-timeoutMs": "5000",
      "#node-input-sayText": "One moment.",
      "#node-input-sayAfterMs": "800",
      "#node-input-late": "speak",
    },
    expected: {
      functionName: "get_weather",
      timeoutMs: 5000,
      sayText: "One moment.",
      sayAfterMs: 800,
      late: "speak",
    },
  },
  "voice-live-function-result": {
    controls: { "#node-input-respond": false },
    expected: { respond: false },
  },
  "voice-live-interrupt": {
    controls: { "#node-input-name": "stop" },
    expected: { name: "stop" },
  },
  "voice-live-message": {
    controls: { "#node-input-role": "system", "#node-input-respond": false },
    expected: { role: "system", respond: false },
  },
  "voice-live-control": {
    controls: { "#node-input-action": "mute" },
    expected: { action: "mute" },
  },
  "voice-live-event": {
    controls: { "[data-event=usage]": false, "#node-input-raw": true },
    expected: {
      kinds: EVENT_KINDS.filter((kind) => kind !== "usage"),
      raw: true,
    },
  },
  "voice-live-played": {
    controls: { "#node-input-unit": "samples", "#node-input-rate": "16000" },
    expected: { unit: "samples", rate: 16000 },
  },
  "voice-live-microphone": {
    controls: {
      "#node-input-program": "arecord",
      "#node-input-device": "plughw:1,0",
      "#node-input-autostart": false,
    },
    expected: { program: "arecord", device: "plughw:1,0", autostart: false },
  },
  "voice-live-speaker": {
    controls: { "#node-input-latencyMs": "200" },
    expected: { latencyMs: 200 },
  },
  "voice-live-talk": {
    controls: {
      "#node-input-path": "kiosk",
      "#node-input-access": "loopback",
      "#node-input-maxPages": "3",
    },
    expected: { path: "kiosk", access: "loopback", maxPages: 3 },
  },
  "voice-live-record": {
    controls: {
      "#node-input-active": true,
      "#node-input-what": "wav",
      "#node-input-fileMinutes": "10",
    },
    expected: { active: true, what: "wav", fileMinutes: 10 },
  },
};

const flowTypes = Object.keys(EDITS);

describe("editor in a browser", function () {
  this.timeout(60_000);
  let editor: OpenEditor | undefined;
  let page: Page;

  before(async function () {
    editor = await openEditor(
      this,
      [...FLOWS, { ...RESOURCE, ...DEFAULTS[RESOURCE.type] }],
      RESOURCE.id,
    );
    ({ page } = editor);
  });

  after(() => editor?.close());

  afterEach(function () {
    return editor?.settle(this);
  });

  it("shows every flow node in the category voice live", async () => {
    const shown = page.locator(
      "#red-ui-palette-voice_live .red-ui-palette-node",
    );
    const types = await shown.evaluateAll((nodes) =>
      (nodes as { getAttribute(name: string): string | null }[]).map((node) =>
        node.getAttribute("data-palette-type"),
      ),
    );
    assert.deepEqual(new Set(types), new Set(flowTypes));
  });

  it("shows the simulator as what it is on a new resource", async () => {
    await openNewConfig(page, "voice-live-resource");
    assert.equal(
      await page.locator("#node-config-input-service").inputValue(),
      "simulator",
    );
    await page
      .locator(".voice-live-service[data-when=simulator] .form-tips")
      .waitFor({ state: "visible" });
    assert.equal(
      await page.locator("#node-config-input-endpoint").isVisible(),
      false,
    );
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("writes exactly the properties of a new resource", async () => {
    await openNewConfig(page, "voice-live-resource");
    const id = await addConfig(page, "voice-live-resource");
    assert.deepEqual(await exported(page, id), DEFAULTS["voice-live-resource"]);
  });

  it("keeps the secrets of a resource out of the flow file", async () => {
    await openNewConfig(page, "voice-live-resource");
    await edit(page, {
      "#node-config-input-service": "azure",
      "#node-config-input-endpoint": "https://a.services.ai.azure.com",
      "#node-config-input-apiKey": "not-for-export",
    });
    const id = await addConfig(page, "voice-live-resource");
    assert.deepEqual(await exported(page, id), {
      ...DEFAULTS["voice-live-resource"],
      service: "azure",
      endpoint: "https://a.services.ai.azure.com",
    });
  });

  it("asks each service for what it needs, and keeps what was typed for another", async () => {
    await openNewConfig(page, "voice-live-resource");
    const shown = async (): Promise<string[]> => {
      const inputs = page.locator(
        "#dialog-form input, #node-config-dialog-edit-form input",
      );
      const ids: string[] = await inputs.evaluateAll((all) =>
        all
          .filter((input) => (input as HTMLElement).offsetParent !== null)
          .map(({ id }) => id.replace("node-config-input-", "")),
      );
      return ids.filter((id) =>
        ["endpoint", "apiVersion", "apiKey", "scope", "organization"].includes(
          id,
        ),
      );
    };
    const service = "#node-config-input-service";
    const version = page.locator("#node-config-input-apiVersion");
    assert.deepEqual(await shown(), ["apiVersion"]);
    await edit(page, { [service]: "azure" });
    await edit(page, { "#node-config-input-apiVersion": "2025-10-01" });
    assert.deepEqual(await shown(), ["apiVersion", "endpoint", "apiKey"]);
    await edit(page, { [service]: "azure-openai" });
    assert.equal(await version.inputValue(), "v1");
    await edit(page, { "#node-config-input-auth": "default" });
    assert.deepEqual(await shown(), ["apiVersion", "endpoint", "scope"]);
    await edit(page, { [service]: "openai" });
    assert.deepEqual(await shown(), ["endpoint", "apiKey", "organization"]);
    await edit(page, { [service]: "azure" });
    assert.equal(await version.inputValue(), "2025-10-01");
    assert.deepEqual(await shown(), ["apiVersion", "endpoint", "scope"]);
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("writes the script of a resource as a list", async () => {
    await openNewConfig(page, "voice-live-resource");
    await edit(page, { "#node-config-input-script-choice": "list" });
    await typeJson(page, '"when"', '[{"when": {}, "do": [{"say": "Hi"}]}]');
    const id = await addConfig(page, "voice-live-resource");
    assert.deepEqual((await exported(page, id)).script, [
      { when: {}, do: [{ say: "Hi" }] },
    ]);
  });

  describe("flow nodes", () => {
    for (const type of flowTypes) {
      it(`writes exactly the properties of a new ${type} when its dialog is opened and closed`, async () => {
        const id = await addNode(page, type);
        await openNode(page, id);
        assert.doesNotMatch(
          await page.locator("#dialog-form").innerText(),
          UNTRANSLATED,
        );
        await closeDialog(page, "#node-dialog-ok");
        assert.deepEqual(await exported(page, id), {
          ...commonOf(type),
          ...DEFAULTS[type],
        });
      });

      it(`writes what is edited in ${type}, and nothing else`, async () => {
        const id = await addNode(page, type);
        await openNode(page, id);
        await edit(page, EDITS[type]?.controls ?? {});
        await closeDialog(page, "#node-dialog-ok");
        assert.deepEqual(await exported(page, id), {
          ...commonOf(type),
          ...DEFAULTS[type],
          ...EDITS[type]?.expected,
        });
      });
    }

    it("shows rate, channels and encoding of audio in for raw samples only", async () => {
      await openNode(page, await addNode(page, "voice-live-audio-in"));
      assert.equal(await page.locator("#node-input-rate").isVisible(), false);
      await edit(page, { "#node-input-format": "raw" });
      assert.equal(await page.locator("#node-input-rate").isVisible(), true);
      await closeDialog(page, "#node-dialog-cancel");
    });

    it("shows of audio out what its format leaves to choose", async () => {
      await openNode(page, await addNode(page, "voice-live-audio-out"));
      const shown = async (): Promise<string[]> => {
        const names = ["rate", "as", "mode", "leadMs", "chunkMs"];
        const visible = await Promise.all(
          names.map((name) => page.locator(`#node-input-${name}`).isVisible()),
        );
        return names.filter((_, index) => visible[index]);
      };
      assert.equal((await shown()).length, 5);
      await edit(page, { "#node-input-format": "telephone-mu-law" });
      assert.deepEqual(await shown(), ["mode", "leadMs"]);
      await edit(page, { "#node-input-mode": "received" });
      assert.deepEqual(await shown(), ["mode"]);
      await edit(page, { "#node-input-format": "dashboard-2" });
      assert.deepEqual(await shown(), []);
      await closeDialog(page, "#node-dialog-cancel");
    });

    it("keeps the earlier parameters, and says so, when the JSON is not valid", async () => {
      const id = await addNode(page, "voice-live-function");
      await openNode(page, id);
      await page.locator('[data-view="json"]').click();
      await typeJson(page, '"properties"', "{");
      await page
        .locator("#node-input-parameters-editor-problem")
        .waitFor({ state: "visible" });
      await closeDialog(page, "#node-dialog-ok");
      await dismissWarning(page);
      assert.deepEqual(
        (await exported(page, id)).parameters,
        DEFAULTS["voice-live-function"]?.parameters,
      );
    });

    it("renders the help with Node-RED's property lists", async () => {
      await openNode(page, await addNode(page, "voice-live-audio-out"));
      const help = await page.evaluate(
        "RED.utils.renderMarkdown($('script[data-help-name=voice-live-audio-out]').html())",
      );
      assert.equal(
        String(help).split('<dl class="message-properties">').length - 1,
        2,
      );
      await closeDialog(page, "#node-dialog-cancel");
    });
  });

  describe("session", () => {
    it("writes exactly the properties of a new session", async () => {
      const id = await addSession(page);
      assert.deepEqual(
        await exported(page, id),
        DEFAULTS["voice-live-session"],
      );
    });

    it("leaves settings as they are, to the letter, when nothing is touched", async () => {
      const id = await addSession(page);
      const settings = {
        future: { list: [1] },
        voice: "marin",
        turn_detection: { silence_duration_ms: 300, type: "x" },
      };
      await give(page, id, { settings });
      await openConfig(page, id);
      for (const tab of [
        "voice",
        "listening",
        "tools",
        "conversations",
        "limits",
        "advanced",
        "persona",
      ])
        await showTab(page, tab);
      await closeDialog(page, "#node-config-dialog-ok");
      assert.equal(
        JSON.stringify((await exported(page, id)).settings),
        JSON.stringify(settings),
      );
    });

    it("writes an explicit null for push to talk", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "listening");
      await edit(page, { "#voice-live-setting-turn-detection": "null" });
      assert.equal(
        await page
          .locator("#voice-live-setting-turn-detection-threshold")
          .isVisible(),
        false,
      );
      await closeDialog(page, "#node-config-dialog-ok");
      assert.deepEqual((await exported(page, id)).settings, {
        ...SETTINGS,
        turn_detection: null,
      });
    });

    it("takes turn detection out for the service's default", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "listening");
      await edit(page, { "#voice-live-setting-turn-detection": "" });
      await closeDialog(page, "#node-config-dialog-ok");
      const { turn_detection: _, ...rest } = SETTINGS;
      assert.deepEqual((await exported(page, id)).settings, rest);
    });

    it("shows in the JSON what the forms change", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "listening");
      await edit(page, {
        "#voice-live-setting-turn-detection-threshold": "0.7",
        "#voice-live-setting-turn-detection-interrupt-response": "false",
      });
      await showTab(page, "advanced");
      const turns = {
        type: "azure_semantic_vad",
        threshold: 0.7,
        interrupt_response: false,
      };
      assert.deepEqual(JSON.parse(await jsonText(page, '"turn_detection"')), {
        ...SETTINGS,
        turn_detection: turns,
      });
      await closeDialog(page, "#node-config-dialog-ok");
      assert.deepEqual((await exported(page, id)).settings, {
        ...SETTINGS,
        turn_detection: turns,
      });
    });

    it("shows in the forms what the JSON changes, and keeps what the forms do not know", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "advanced");
      const settings = {
        voice: { type: "openai", name: "cedar", future: 1 },
        temperature: 0.9,
      };
      await typeJson(page, '"turn_detection"', JSON.stringify(settings));
      await showTab(page, "voice");
      assert.equal(
        await page.locator("#voice-live-setting-voice").inputValue(),
        "openai",
      );
      assert.equal(
        await page.locator("#voice-live-setting-voice-name").inputValue(),
        "cedar",
      );
      await edit(page, { "#voice-live-setting-voice-name": "marin" });
      await closeDialog(page, "#node-config-dialog-ok");
      assert.deepEqual((await exported(page, id)).settings, {
        ...settings,
        voice: { ...settings.voice, name: "marin" },
      });
    });

    it("keeps the last valid settings, and says so, when the JSON is not valid", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "advanced");
      await typeJson(page, '"turn_detection"', '{"voice": ');
      await page
        .locator("#voice-live-session-settings-problem")
        .waitFor({ state: "visible" });
      await showTab(page, "voice");
      await page
        .locator("#voice-live-session-unread")
        .waitFor({ state: "visible" });
      await closeDialog(page, "#node-config-dialog-ok");
      await dismissWarning(page);
      assert.deepEqual((await exported(page, id)).settings, SETTINGS);
    });

    it("shows the echo cancellation that a new session's settings ask for", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "listening");
      assert.equal(await page.locator(ECHO).inputValue(), "server");
      assert.equal(await page.locator(ECHO_TAIL).isVisible(), false);
      await closeDialog(page, "#node-config-dialog-ok");
      assert.deepEqual(
        await exported(page, id),
        DEFAULTS["voice-live-session"],
      );
    });

    for (const [choice, asked] of ECHO_CHOICES) {
      it(`writes ${choice} for echo, and what the service needs for it`, async () => {
        const id = await addSession(page);
        await give(page, id, {
          settings: {
            input_audio_echo_cancellation: { type: "server_echo_cancellation" },
            future: 1,
          },
        });
        await openConfig(page, id);
        await showTab(page, "listening");
        // Chosen from another, so that each choice is a change.
        await edit(page, { [ECHO]: choice === "client" ? "server" : "client" });
        await edit(page, { [ECHO]: choice });
        await page
          .locator(`.voice-live-hint.voice-live-echo[data-when=${choice}]`)
          .waitFor({ state: "visible" });
        assert.equal(
          await page
            .locator(".voice-live-hint.voice-live-echo:visible")
            .count(),
          1,
        );
        await closeDialog(page, "#node-config-dialog-ok");
        const { echo, settings } = await exported(page, id);
        assert.equal(echo, choice);
        assert.deepEqual(settings, {
          ...(asked && { input_audio_echo_cancellation: asked }),
          future: 1,
        });
      });
    }

    it("asks how long the microphone stays closed with half-duplex only", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "listening");
      await edit(page, { [ECHO]: "half-duplex" });
      assert.equal(await page.locator(ECHO_TAIL).inputValue(), "350");
      await edit(page, { [ECHO_TAIL]: "500" });
      await closeDialog(page, "#node-config-dialog-ok");
      const { input_audio_echo_cancellation: _, ...settings } = SETTINGS;
      assert.deepEqual(await exported(page, id), {
        ...DEFAULTS["voice-live-session"],
        settings,
        echo: "half-duplex",
        echoTailMs: 500,
      });
    });

    it("follows what the JSON says about echo", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "listening");
      await edit(page, { [ECHO]: "half-duplex" });
      await showTab(page, "advanced");
      const settings = { input_audio_echo_cancellation: CLIENT_REFERENCE };
      await typeJson(page, '"turn_detection"', JSON.stringify(settings));
      await showTab(page, "listening");
      assert.equal(await page.locator(ECHO).inputValue(), "client");
      assert.equal(await page.locator(ECHO_TAIL).isVisible(), false);
      await closeDialog(page, "#node-config-dialog-ok");
      const { echo, settings: saved } = await exported(page, id);
      assert.equal(echo, "client");
      assert.deepEqual(saved, settings);
    });

    it("fills the numbers of turn detection with a sensitivity, and calls other numbers custom", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "listening");
      assert.equal(await page.locator(SENSITIVITY).inputValue(), "");
      await edit(page, { [SENSITIVITY]: "noisy" });
      const threshold = page.locator(
        "#voice-live-setting-turn-detection-threshold",
      );
      assert.equal(await threshold.inputValue(), "0.7");
      await edit(page, {
        "#voice-live-setting-turn-detection-threshold": "0.8",
      });
      assert.equal(await page.locator(SENSITIVITY).inputValue(), "custom");
      await closeDialog(page, "#node-config-dialog-ok");
      assert.deepEqual((await exported(page, id)).settings, {
        ...SETTINGS,
        turn_detection: {
          type: "azure_semantic_vad",
          threshold: 0.8,
          prefix_padding_ms: 500,
          silence_duration_ms: 600,
          speech_duration_ms: 250,
        },
      });
    });

    it("takes the sensitivity out with the kind of turn detection that has it", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "listening");
      await edit(page, {
        [SENSITIVITY]: "far",
        "#voice-live-setting-turn-detection": "semantic_vad",
      });
      assert.equal(await page.locator(SENSITIVITY).isVisible(), false);
      await closeDialog(page, "#node-config-dialog-ok");
      assert.deepEqual((await exported(page, id)).settings, {
        ...SETTINGS,
        turn_detection: { type: "semantic_vad" },
      });
    });

    it("writes after how many seconds silence is reported", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await showTab(page, "listening");
      await edit(page, { "#node-config-input-silenceSeconds": "90" });
      await closeDialog(page, "#node-config-dialog-ok");
      assert.equal((await exported(page, id)).silenceSeconds, 90);
    });

    it("takes a session of a flow file without echo and silence, with the defaults", async () => {
      const id = await addSession(page);
      await give(page, id, {
        echo: undefined,
        echoTailMs: undefined,
        silenceSeconds: undefined,
      });
      await openConfig(page, id);
      await closeDialog(page, "#node-config-dialog-ok");
      assert.deepEqual(
        await exported(page, id),
        DEFAULTS["voice-live-session"],
      );
    });

    it("writes agent, greeting and callers beside the settings", async () => {
      const id = await addSession(page);
      await openConfig(page, id);
      await edit(page, {
        "#node-config-input-target": "agent",
        "#voice-live-session-agent-name": "support",
        "#voice-live-session-agent-project": "shop",
        "#voice-live-session-greeting-mode": "exact",
        "#voice-live-session-greeting-text": "Hello!",
      });
      await showTab(page, "conversations");
      await edit(page, {
        "#node-config-input-conversations": "keyed",
        "#voice-live-session-carry": "_session, device",
      });
      await showTab(page, "limits");
      await edit(page, { "#node-config-input-idleMinutes": "0" });
      await closeDialog(page, "#node-config-dialog-ok");
      assert.deepEqual(await exported(page, id), {
        ...DEFAULTS["voice-live-session"],
        target: "agent",
        agent: { name: "support", project: "shop" },
        greeting: { mode: "exact", text: "Hello!" },
        conversations: "keyed",
        carry: ["_session", "device"],
        idleMinutes: 0,
      });
    });

    it("has a text for every label", async () => {
      await openNewConfig(page, "voice-live-session");
      const text = await page
        .locator("#node-config-dialog-edit-form")
        .evaluate(
          (form) => (form as { textContent: string | null }).textContent ?? "",
        );
      assert.doesNotMatch(text, UNTRANSLATED);
      await closeDialog(page, "#node-config-dialog-cancel");
    });
  });
});

/** What every new flow node has. */
function commonOf(type: string): Properties {
  return LOCAL.includes(type) ? { name: "" } : { name: "", session: "" };
}
