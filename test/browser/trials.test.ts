import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startSimulator, type Simulator } from "../../lib/simulator";
import {
  closeDialog,
  deploy,
  edit,
  openConfig,
  openEditor,
  openNewConfig,
  showTab,
  typeJson,
  type OpenEditor,
} from "./editor-page";

const KEY = "Canary.Key.of.the.Dialogs";
const RESOURCE = {
  id: "resource1",
  type: "voice-live-resource",
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
};
const FLOWS = [{ id: "tab1", type: "tab", label: "Flow" }, RESOURCE];
/** Starting Node-RED and a browser. */
const LIMIT_MS = 120_000;

describe("Trials in the dialogs, in a browser", function () {
  this.timeout(LIMIT_MS);
  let editor: OpenEditor | undefined;
  let page: Page;
  let simulator: Simulator;

  before(async function () {
    simulator = await startSimulator({ apiKey: KEY });
    editor = await openEditor(this, FLOWS, "resource1");
    ({ page } = editor);
  });
  after(async () => {
    await editor?.close();
    await simulator?.close();
  });
  afterEach(function () {
    return editor?.settle(this);
  });

  describe("of a resource", () => {
    const verdict = () => page.locator("#voice-live-resource-test-verdict");

    /** Presses the button and gives what is said then. */
    async function press(): Promise<string> {
      await page.locator("#voice-live-resource-test").click();
      await verdict().locator("div").first().waitFor();
      return verdict().innerText();
    }

    it("says how long the deployed service took", async () => {
      await openConfig(page, "resource1");
      assert.match(await press(), /^ok, \d+ ms$/);
      await closeDialog(page, "#node-config-dialog-cancel");
    });

    const typeKey = (apiKey: string): Promise<void> =>
      edit(page, {
        "#node-config-input-service": "azure",
        "#node-config-input-endpoint": simulator.url.replace("ws", "http"),
        "#node-config-input-apiKey": apiKey,
      });

    it("tests what is typed before it is saved, and says cause and next step", async () => {
      await openConfig(page, "resource1");
      await typeKey("wrong");
      assert.match(await press(), /did not accept the key.*Check the API key/);
      await typeKey(KEY);
      assert.match(await press(), /^ok, \d+ ms$/);
      await closeDialog(page, "#node-config-dialog-cancel");
    });

    it("uses the stored key once deployed, and for no other address", async () => {
      await openConfig(page, "resource1");
      await typeKey(KEY);
      await closeDialog(page, "#node-config-dialog-ok");
      await deploy(page);
      await openConfig(page, "resource1");
      assert.equal(
        await page.locator("#node-config-input-apiKey").inputValue(),
        "__PWRD__",
      );
      assert.match(await press(), /^ok, \d+ ms$/);
      await edit(page, { "#node-config-input-endpoint": "http://127.0.0.1:9" });
      assert.match(await press(), /deployed address only\. Deploy first/);
      await closeDialog(page, "#node-config-dialog-cancel");
    });
  });

  describe("of a session", () => {
    const verdict = () => page.locator("#voice-live-session-try-verdict");

    async function press(): Promise<string> {
      await page.locator("#voice-live-session-try").click();
      await verdict().locator("div").first().waitFor();
      return verdict().innerText();
    }

    it("plays the greeting that the dialog shows, before anything is saved", async () => {
      await openNewConfig(page, "voice-live-session");
      await edit(page, {
        "#node-config-input-resource": "resource1",
        "#voice-live-session-greeting-mode": "exact",
        "#voice-live-session-greeting-text": "Good morning to you.",
      });
      const said = await press();
      assert.match(said, /^ok, \d+ ms: every setting is in effect\./);
      assert.match(said, /Good morning to you\./);
      assert.ok((await page.evaluate<number>(DURATION)) > 0.3);
      await closeDialog(page, "#node-config-dialog-cancel");
    });

    it("lists what is not in effect", async () => {
      simulator.once("session", (session) => {
        const send = session.send.bind(session);
        session.send = (event) =>
          send(
            event.type === "session.updated"
              ? {
                  ...event,
                  session: {
                    ...(event as { session: object }).session,
                    instructions: "<b>Other.</b>",
                  },
                }
              : event,
          );
      });
      await openNewConfig(page, "voice-live-session");
      await edit(page, {
        "#node-config-input-resource": "resource1",
        "#voice-live-setting-instructions": "Be brief.",
      });
      assert.match(await press(), /but not everything is in effect:/);
      assert.deepEqual(await verdict().locator("li").allInnerTexts(), [
        'instructions: asked for "Be brief.", in effect is "<b>Other.</b>"',
      ]);
      await closeDialog(page, "#node-config-dialog-cancel");
    });

    it("names a setting that is misspelt", async () => {
      await openNewConfig(page, "voice-live-session");
      await edit(page, { "#node-config-input-resource": "resource1" });
      await showTab(page, "advanced");
      await typeJson(page, '"turn_detection"', '{"instrutions": "Be brief."}');
      assert.match(await press(), /but not everything is in effect:/);
      assert.deepEqual(await verdict().locator("li").allInnerTexts(), [
        "instrutions: not known as a setting; is it a typing error?",
      ]);
      await closeDialog(page, "#node-config-dialog-cancel");
    });

    it("says why nothing comes of it", async () => {
      await openNewConfig(page, "voice-live-session");
      await edit(page, {
        "#node-config-input-resource": "resource1",
        "#node-config-input-model": "",
      });
      assert.match(await press(), /The model is empty\. Fill it in/);
      await closeDialog(page, "#node-config-dialog-cancel");
    });
  });
});

/** Number of seconds that the player would play, once it has read the file. */
const DURATION = `new Promise((resolve) => {
  const audio = $("#voice-live-session-try-verdict audio")[0];
  if (audio.readyState > 0) resolve(audio.duration);
  else audio.addEventListener("loadedmetadata", () => resolve(audio.duration));
})`;
