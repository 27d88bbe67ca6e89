import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { NODE_TYPES } from "../support/node-types";
import {
  CONFIG_FORM,
  faultsOf,
  fillControls,
  heldValues,
  narrow,
  NODE_FORM,
  overflowing,
  switchSelects,
  wordsOf,
  type Samples,
} from "./dialog-form";
import {
  addConfig,
  closeDialog,
  deploy,
  exported,
  openConfig,
  openEditor,
  openNewConfig,
  openNode,
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
  scope: "https://ai.azure.com/.default",
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
const FLOWS = [{ id: "tab1", type: "tab", label: "Flow" }, RESOURCE, SESSION];

const CONFIGS = [RESOURCE.type, SESSION.type];
const FLOW_TYPES = NODE_TYPES.filter((type) => !CONFIGS.includes(type));

const SAMPLES: Samples = {
  session: SESSION.id,
  functionName: "get_weather",
  path: "house/kitchen",
  origins: "https://example.org",
};
/** A service that is there, so that the deployed flow has something to talk to. */
const RESOURCE_SAMPLES: Samples = {
  endpoint: "https://example.services.ai.azure.com",
  apiVersion: "2025-10-01",
  tls: "",
  proxy: "",
};

describe("every dialog in a browser", function () {
  this.timeout(60_000);
  let editor: OpenEditor | undefined;
  let page: Page;
  const saved = new Map<string, Properties>();

  before(async function () {
    editor = await openEditor(this, FLOWS, SESSION.id);
    ({ page } = editor);
  });

  after(() => editor?.close());

  afterEach(function () {
    return editor?.settle(this);
  });

  it("is the editor of the Node-RED that these tests are run with", async () => {
    const { version } = JSON.parse(
      readFileSync(require.resolve("node-red/package.json"), "utf8"),
    ) as { version: string };
    const shown: string = await page.evaluate("RED.settings.version");
    // Some builds say that they come from a checkout.
    assert.equal(shown.replace(/-git$/, ""), version);
  });

  for (const type of FLOW_TYPES)
    it(`takes ${type} from the palette, keeps what is filled in, and shows it again`, async () => {
      const id = await takeFromPalette(page, type);
      await openNode(page, id);
      await fillControls(page, NODE_FORM, SAMPLES);
      const held = await heldValues(page, NODE_FORM);
      await closeDialog(page, "#node-dialog-ok");
      assert.deepEqual(await faultsOf(page, id), []);
      saved.set(id, await exported(page, id));

      await openNode(page, id);
      assert.deepEqual(await heldValues(page, NODE_FORM), held);
      await fitsAndReads(NODE_FORM);
      await switchSelects(page, NODE_FORM);
      assert.deepEqual(await heldValues(page, NODE_FORM), held);
      await closeDialog(page, "#node-dialog-ok");
      assert.deepEqual(await exported(page, id), saved.get(id));
    });

  it("keeps what is filled into a resource for every service, and shows it again", async () => {
    await openNewConfig(page, RESOURCE.type);
    await fillControls(page, CONFIG_FORM, RESOURCE_SAMPLES);
    const held = await heldValues(page, CONFIG_FORM);
    const id = await addConfig(page, RESOURCE.type);
    assert.deepEqual(await faultsOf(page, id), []);
    saved.set(id, await exported(page, id));

    await openConfig(page, id);
    assert.deepEqual(await heldValues(page, CONFIG_FORM), held);
    await fitsAndReads(CONFIG_FORM);
    assert.ok((await switchSelects(page, CONFIG_FORM)) >= 3);
    assert.deepEqual(await heldValues(page, CONFIG_FORM), held);
    await closeDialog(page, "#node-config-dialog-ok");
    assert.deepEqual(await exported(page, id), saved.get(id));
  });

  it("deploys what was saved", async () => {
    assert.ok(saved.size > FLOW_TYPES.length);
    const flows = await deploy(page);
    for (const [id, properties] of saved) {
      const { type } = flows.find((node) => node["id"] === id) ?? {};
      const deployed = flows.find((node) => node["id"] === id) ?? {};
      for (const [name, value] of Object.entries(properties))
        assert.deepEqual(deployed[name], value, `${String(type)} ${name}`);
    }
  });

  async function fitsAndReads(form: string): Promise<void> {
    assert.doesNotMatch(await wordsOf(page, form), UNTRANSLATED);
    await narrow(page);
    assert.deepEqual(await overflowing(page, form), []);
  }
});

/** Drags a node from the palette onto the flow, as a user does, and gives its id. */
async function takeFromPalette(page: Page, type: string): Promise<string> {
  const entry = page.locator(
    `.red-ui-palette-node[data-palette-type="${type}"]`,
  );
  await entry.scrollIntoViewIfNeeded();
  const from = await entry.boundingBox();
  const chart = await page.locator("#red-ui-workspace-chart").boundingBox();
  assert.ok(from && chart);
  await page.mouse.move(from.x + 40, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(chart.x + 200, chart.y + 160, { steps: 8 });
  await page.mouse.up();
  return page.evaluate("RED.view.selection().nodes[0].id");
}
