import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  edit,
  openConfig,
  openEditor,
  UNTRANSLATED,
  type OpenEditor,
} from "./editor-page";

const RESOURCE = {
  id: "resource1",
  type: "voice-live-resource",
  name: "",
  service: "simulator",
  apiVersion: "2026-07-15",
  scope: "https://ai.azure.com/.default",
  connectsPerMinute: 30,
};
const SESSION = {
  id: "session1",
  type: "voice-live-session",
  name: "",
  resource: RESOURCE.id,
  target: "model",
  model: "gpt-realtime",
  agent: {},
  settings: {},
  greeting: { mode: "none", text: "" },
  key: "_session.id",
  keyType: "msg",
  carry: ["_session"],
};
const FLOWS = [
  { id: "tab1", type: "tab", label: "Flow" },
  RESOURCE,
  SESSION,
  // A config node that nobody uses would be asked about when deploying.
  {
    id: "user1",
    type: "voice-live-transcript",
    z: "tab1",
    session: SESSION.id,
  },
];

describe("guided tour in a browser", function () {
  this.timeout(120_000);
  let editor: OpenEditor | undefined;
  let page: Page;

  before(async function () {
    editor = await openEditor(this, FLOWS, RESOURCE.id);
    ({ page } = editor);
  });

  after(() => editor?.close());

  afterEach(function () {
    return editor?.settle(this);
  });

  it("is in the list of actions, with a name", async () => {
    const labels: string[] = await page.evaluate(
      "RED.actions.list().filter(({ id }) => id === 'voice-live:tour').map(({ label }) => label)",
    );
    assert.deepEqual(labels, ["Voice Live: tour of a first flow"]);
  });

  it("leads from the resource's dialog, which it saves, through a flow that is deployed, asked and answers", async () => {
    await openConfig(page, RESOURCE.id);
    await edit(page, { "#node-config-input-name": "typed before" });
    await page.locator("#voice-live-resource-tour").click();
    await stepIs(/Your first conversation/);
    assert.equal(
      await page.evaluate(`RED.nodes.node("${RESOURCE.id}").name`),
      "typed before",
    );
    assert.equal(await page.locator(".red-ui-tray").count(), 0);

    for (const step of [
      /recorded question/,
      /sound goes in here/,
      /calls this function/,
      /as text/,
      /as sound/,
    ]) {
      await next();
      await stepIs(step);
    }
    assert.equal(await page.evaluate(TABS_OF_DEMO), 1);
    await next();
    await stepIs(/Deploy starts the flow/);
    // The shade would lie over whatever Node-RED asks when deploying.
    await liftShade();
    await page.locator("#red-ui-header-button-deploy").click();
    await stepIs(/Press this button/);
    await liftShade();
    await page.locator(INJECT_BUTTON).first().click();
    await stepIs(/choose the service/);
    await next();
    await page.locator(POPOVER).waitFor({ state: "detached" });
    await page.locator(".red-ui-debug-msg").first().waitFor();
  });

  it("takes the flow that is there the next time, and ends with Escape", async () => {
    await page.evaluate("RED.actions.invoke('voice-live:tour')");
    await stepIs(/Your first conversation/);
    await next();
    await stepIs(/recorded question/);
    assert.equal(await page.evaluate(TABS_OF_DEMO), 1);
    await press("Escape");
    await page.locator(POPOVER).waitFor({ state: "detached" });
  });

  async function stepIs(text: RegExp): Promise<void> {
    const step = page.locator(POPOVER).filter({ hasText: text });
    await step.waitFor({ state: "visible" });
    assert.doesNotMatch(await step.innerText(), UNTRANSLATED);
    const box = await step.boundingBox();
    const isSeen =
      box && box.x + box.width <= 1301 && box.y + box.height <= 901;
    assert.ok(isSeen, `${text} is in the window`);
  }

  /** What the mouse does when it comes to the place that the tour points to. */
  async function liftShade(): Promise<void> {
    await page.evaluate(
      "$('.red-ui-tourGuide-shade-focus').trigger('mouseenter')",
    );
    await page.locator(".red-ui-tourGuide-shade").waitFor({ state: "hidden" });
  }

  /** Uses the keyboard when the step's button has the focus: Node-RED does not take it well before. */
  async function press(key: string): Promise<void> {
    await page.waitForFunction(
      `$("${POPOVER} .red-ui-tourGuide-toolbar button").is(":focus")`,
    );
    await page.keyboard.press(key);
  }
  const next = (): Promise<void> => press("Enter");
});

const POPOVER = ".red-ui-tourGuide-popover";
const INJECT_BUTTON = ".red-ui-flow-node-button-button";
const TABS_OF_DEMO = `(() => {
  let tabs = 0;
  RED.nodes.eachWorkspace(({ label }) => { if (label === "First conversation") tabs++; });
  return tabs;
})()`;
