import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  addNode,
  addSession,
  closeDialog,
  openConfig,
  openEditor,
  openNode,
  showTab,
  type OpenEditor,
} from "./editor-page";

const RESOURCE = {
  id: "resource1",
  type: "voice-live-resource",
  name: "",
  service: "simulator",
};
const FLOWS = [{ id: "tab1", type: "tab", label: "Flow" }, RESOURCE];
/** More stops than any dialog has. */
const MOST_STOPS = 80;

describe("keyboard in the dialogs", function () {
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

  it("goes from tab to tab with arrows, and past them with the Tab key", async () => {
    await openConfig(page, await addSession(page));
    await settled();
    await page.locator("#node-config-input-name").focus();
    await tabTo('a[href="#voice-live-session-persona"]');
    assert.ok((await outlineOfFocus()) > 0, "the focus can be seen");
    await page.keyboard.press("ArrowRight");
    assert.equal(await isShown("voice"), true);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await isShown("advanced"), true);
    await page.keyboard.press("Home");
    assert.equal(await isShown("persona"), true);
    const selected = page.locator('[role=tab][aria-selected="true"]');
    assert.equal(await selected.count(), 1);
    await page.keyboard.press("Tab");
    assert.equal(await hasFocus("#node-config-input-target"), true);
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("says of the list of voices whether it is open, and which one is marked", async () => {
    await openConfig(page, await addSession(page));
    await settled();
    await showTab(page, "voice");
    const name = page.locator("#voice-live-setting-voice-name");
    await name.fill("de-DE katja");
    assert.equal(await name.getAttribute("aria-expanded"), "true");
    await name.press("ArrowDown");
    const marked = await name.getAttribute("aria-activedescendant");
    assert.equal(
      await page.locator(`#${marked}`).innerText(),
      "de-DE-KatjaNeural",
    );
    await name.press("Escape");
    assert.equal(await name.getAttribute("aria-expanded"), "false");
    assert.equal(await page.locator(".red-ui-tray").count(), 1);
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("adds and removes a server, and keeps its place", async () => {
    await openConfig(page, await addSession(page));
    await settled();
    await showTab(page, "tools");
    await page.locator("#voice-live-session-mcp-add").focus();
    await page.keyboard.press("Enter");
    assert.equal(await hasFocus('[data-member="server_label"] input'), true);
    await page.keyboard.type("docs");
    await tabTo(".voice-live-remove");
    await page.keyboard.press("Space");
    assert.equal(await page.locator(".voice-live-box").count(), 0);
    assert.equal(await hasFocus("#voice-live-session-mcp-add"), true);
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  it("fills the table of parameters, and changes the view", async () => {
    await openNode(page, await addNode(page, "voice-live-function"));
    await settled();
    await page.locator(".voice-live-parameters-add").focus();
    await page.keyboard.press("Enter");
    const name = ".voice-live-parameterName";
    assert.equal(await hasFocus(name), true);
    await page.keyboard.type("city");
    await tabTo('.voice-live-parameters input[type="checkbox"]');
    await page.keyboard.press("Space");
    await page.keyboard.press("Shift+Tab");
    assert.equal(await page.locator(name).inputValue(), "city");
    await page.locator('[data-view="json"]').focus();
    await page.keyboard.press("Enter");
    assert.equal(
      await page.locator('[data-view="json"]').getAttribute("aria-pressed"),
      "true",
    );
    await closeDialog(page, "#node-dialog-cancel");
  });

  it("finds a name for every control of its own", async () => {
    await openConfig(page, await addSession(page));
    await settled();
    const nameless: string[] = await page.evaluate(`
      $(".voice-live-form").find("button, input, select, textarea")
        .not(".monaco-editor *, .red-ui-typedInput-container *, [id^=red-ui-trap], [type=hidden]").toArray()
        .filter((each) => each.labels?.length === 0 && !$(each).closest("label").length)
        .filter((each) => !each.ariaLabel && !$(each).text().trim() && !each.title)
        .map((each) => each.id || each.outerHTML.slice(0, 80))
    `);
    assert.deepEqual(
      nameless.filter((id) => !NODE_REDS_OWN.test(id)),
      [],
    );
    await closeDialog(page, "#node-config-dialog-cancel");
  });

  /** Node-RED gives the first control of a dialog the focus when the dialog has slid in. */
  const settled = async (): Promise<void> => {
    await page.waitForFunction(
      "$(document.activeElement).closest('.red-ui-tray').is($('.red-ui-tray').last())",
    );
  };

  /** Presses the Tab key until a control has the focus, as a user does. */
  async function tabTo(selector: string): Promise<void> {
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      await page.keyboard.press("Tab");
      if (await hasFocus(selector)) return;
    }
    assert.fail(`${selector} cannot be reached`);
  }

  const hasFocus = (selector: string): Promise<boolean> =>
    page.evaluate(`$(document.activeElement).is('${selector}')`);

  const isShown = (tab: string): Promise<boolean> =>
    page.locator(`#voice-live-session-${tab}`).isVisible();

  const outlineOfFocus = (): Promise<number> =>
    page.evaluate(
      "parseFloat(getComputedStyle(document.activeElement).outlineWidth)",
    );
});

/** Buttons that Node-RED puts beside the choice of a config node. */
const NODE_REDS_OWN = /^node-config-input-(btn|lookup)-/;
