import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  addNode,
  closeDialog,
  deploy,
  edit,
  exported,
  give,
  openConfig,
  openEditor,
  openNode,
  type OpenEditor,
} from "./editor-page";

const SESSION = "session1";
const RESOURCE = {
  id: "resource1",
  type: "voice-live-resource",
  service: "simulator",
  apiVersion: "2026-07-15",
};
const SESSION_NODE = {
  type: "voice-live-session",
  resource: RESOURCE.id,
  model: "gpt-realtime",
  settings: {},
};
/** Variables of a flow are read as those of the environment are. */
const FLOWS = [
  {
    id: "tab1",
    type: "tab",
    label: "Flow",
    env: [
      { name: "EXACT", value: "true", type: "str" },
      { name: "WHO", value: "assistant", type: "str" },
    ],
  },
  RESOURCE,
  { ...SESSION_NODE, id: SESSION },
];
/** Config nodes to edit, which no node uses. */
const SPARE = [
  { ...RESOURCE, id: "resource2" },
  { ...SESSION_NODE, id: "session2" },
];

const TALK = [
  {
    id: "say",
    type: "inject",
    z: "tab1",
    props: [{ p: "payload" }],
    payload: "Exactly this, word for word.",
    payloadType: "str",
    repeat: "",
    crontab: "",
    once: false,
    x: 120,
    y: 80,
    wires: [["text"]],
  },
  {
    id: "text",
    type: "voice-live-message",
    z: "tab1",
    session: SESSION,
    exact: "${EXACT}",
    x: 320,
    y: 80,
    wires: [],
  },
  {
    id: "words",
    type: "voice-live-transcript",
    z: "tab1",
    session: SESSION,
    who: "${WHO}",
    x: 120,
    y: 160,
    wires: [["debug"]],
  },
  {
    id: "debug",
    type: "debug",
    z: "tab1",
    active: true,
    tosidebar: true,
    complete: "payload",
    targetType: "msg",
    x: 320,
    y: 160,
    wires: [],
  },
];

describe("environment variables in selects and tick boxes", function () {
  this.timeout(60_000);
  let editor: OpenEditor | undefined;
  let page: Page;

  before(async function () {
    editor = await openEditor(this, [...FLOWS, ...SPARE], SESSION);
    ({ page } = editor);
  });
  after(() => editor?.close());
  afterEach(function () {
    return editor?.settle(this);
  });

  /** Properties of the open dialog that are chosen or ticked; not config nodes. */
  const choosable = (prefix: string): Promise<string[]> =>
    page.evaluate(`$(".voice-live-form").last().find("select, [type=checkbox]").toArray()
      .filter(({ id, options }) => id.startsWith("${prefix}-")
        && ![...(options ?? [])].some(({ value }) => value === "_ADD_" || value === "${SESSION}"))
      .map(({ id }) => id.slice("${prefix}-".length))
      // The simulator's script is chosen in a control of its own.
      .filter((name) => !name.includes("-"))`);

  const referencesTo = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, `\${X_${name}}`]));

  async function shows(
    prefix: string,
    references: Record<string, string>,
  ): Promise<void> {
    for (const [name, reference] of Object.entries(references)) {
      const chosen = page.locator(`#${prefix}-${name} option:checked`);
      assert.equal(
        await chosen.textContent(),
        `${reference} – environment variable`,
        name,
      );
    }
  }

  for (const [type, atLeast] of [
    ["voice-live-audio-in", 5],
    ["voice-live-audio-out", 6],
    ["voice-live-control", 1],
    ["voice-live-convert", 9],
    ["voice-live-event", 1],
    ["voice-live-function-result", 1],
    ["voice-live-function", 2],
    ["voice-live-message", 3],
    ["voice-live-microphone", 3],
    ["voice-live-played", 1],
    ["voice-live-record", 3],
    ["voice-live-speaker", 1],
    ["voice-live-talk", 1],
    ["voice-live-transcript", 2],
  ] as const)
    it(`are shown and kept by ${type}`, async () => {
      const id = await addNode(page, type);
      await openNode(page, id);
      const names = await choosable("node-input");
      await closeDialog(page, "#node-dialog-cancel");
      assert.ok(names.length >= atLeast, names.join());
      const references = referencesTo(names);
      await give(page, id, references);
      await openNode(page, id);
      await shows("node-input", references);
      await closeDialog(page, "#node-dialog-ok");
      const saved = await exported(page, id);
      for (const [name, reference] of Object.entries(references))
        assert.equal(saved[name], reference);
    });

  for (const [id, type, atLeast, others] of [
    ["resource2", "voice-live-resource", 3, { script: "${SCRIPT}" }],
    [
      "session2",
      "voice-live-session",
      4,
      { greeting: { mode: "${GREETING}", text: "Hello" }, echo: "${ECHO}" },
    ],
  ] as const)
    it(`are shown and kept by ${type}`, async () => {
      await openConfig(page, id);
      const names = await choosable("node-config-input");
      await closeDialog(page, "#node-config-dialog-cancel");
      assert.ok(names.length >= atLeast, names.join());
      const references = referencesTo(names);
      await give(page, id, { ...references, ...others });
      await openConfig(page, id);
      await shows("node-config-input", references);
      await closeDialog(page, "#node-config-dialog-ok");
      const saved = await exported(page, id);
      for (const [name, value] of Object.entries({ ...references, ...others }))
        assert.deepEqual(saved[name], value, name);
    });

  it("shows the fields of every choice while the variable's is not known", async () => {
    const id = await addNode(page, "voice-live-played");
    await give(page, id, { unit: "${UNIT}" });
    await openNode(page, id);
    assert.ok(await page.locator("#node-input-rate").isVisible());
    await edit(page, { "#node-input-unit": "ms" });
    assert.ok(!(await page.locator("#node-input-rate").isVisible()));
    await closeDialog(page, "#node-dialog-ok");
    assert.equal((await exported(page, id))["unit"], "ms");
  });

  it("can be exchanged for a yes or no, which is a tick box again", async () => {
    const id = await addNode(page, "voice-live-message");
    await give(page, id, { respond: "${RESPOND}" });
    await openNode(page, id);
    await edit(page, { "#node-input-respond": "false" });
    await closeDialog(page, "#node-dialog-ok");
    await openNode(page, id);
    assert.equal(await page.locator("#node-input-respond").isChecked(), false);
    await closeDialog(page, "#node-dialog-ok");
    assert.equal((await exported(page, id))["respond"], false);
  });

  it("keep a choice that is not offered", async () => {
    const id = await addNode(page, "voice-live-transcript");
    await give(page, id, { who: "bystander" });
    await openNode(page, id);
    assert.equal(
      await page.locator("#node-input-who option:checked").textContent(),
      "bystander – not in this list",
    );
    await closeDialog(page, "#node-dialog-ok");
    assert.equal((await exported(page, id))["who"], "bystander");
  });
});

describe("saved references to environment variables", function () {
  this.timeout(60_000);
  let editor: OpenEditor | undefined;

  // For a second try as for the first: what is deployed has changed once.
  beforeEach(async function () {
    editor = await openEditor(this, [...FLOWS, ...TALK], "text");
  });
  afterEach(async function () {
    await editor?.settle(this);
    await editor?.close();
  });

  it("are what the deployed flow goes by", async () => {
    const { page } = editor!; // before ran
    for (const id of ["text", "words"]) {
      await openNode(page, id);
      await page.locator("#node-input-name").fill("renamed");
      await closeDialog(page, "#node-dialog-ok");
    }
    const flows = await deploy(page);
    const { exact } = flows.find(({ id }) => id === "text") ?? {};
    const { who } = flows.find(({ id }) => id === "words") ?? {};
    assert.deepEqual([exact, who], ["${EXACT}", "${WHO}"]);
    await page.evaluate(`RED.comms.subscribe("debug", (_topic, { msg, topic }) => {
      window.toldWords = { topic, msg };
    })`);
    await page.evaluate('$.post("inject/say")');
    const told = await page.waitForFunction("window.toldWords");
    assert.deepEqual(await told.jsonValue(), {
      topic: "assistant",
      msg: "Exactly this, word for word.",
    });
  });
});
