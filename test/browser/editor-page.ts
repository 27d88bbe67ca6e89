import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "./browser";
import { startEditorServer, type EditorServer } from "./editor-server";

export type Properties = Record<string, unknown>;

/** What these tests use of the editor's global object, in the page. */
interface EditorInPage {
  readonly nodes: {
    add(node: Properties): void;
    node(id: string): Properties | null;
    createExportableNodeSet(nodes: readonly unknown[]): Properties[];
    eachConfig(visit: (node: Properties) => void): void;
  };
  readonly view: {
    createNode(type: string, x: number, y: number): { node: Properties };
  };
  readonly editor: {
    edit(node: unknown): void;
    editConfig(name: string, type: string, id: string, prefix: string): void;
  };
  readonly comms: {
    subscribe(topic: string, listener: DeployListener): void;
    unsubscribe(topic: string, listener: DeployListener): void;
  };
}
type DeployListener = (topic: string, told: { revision: string }) => void;
interface CodeEditorInPage {
  readonly editor: {
    getModels(): { getValue(): string; setValue(text: string): void }[];
  };
}
declare const RED: EditorInPage;
declare const monaco: CodeEditorInPage;

/** Where a node lies and what it is wired to; not its settings. */
const PLACE = ["id", "type", "z", "x", "y", "wires", "g", "d"];

/** A catalog key that is shown instead of its text. */
export const UNTRANSLATED = /voice-live-[a-z-]+\./;

/** An editor in a browser, and what it complained about on its console. */
export interface OpenEditor {
  readonly server: EditorServer;
  readonly page: Page;
  /**
   * To be called after each test: the console has complained of nothing. A test that failed in the middle leaves no dialog
   * open for its second try and for those behind it.
   */
  settle(context: Mocha.Context): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts Node-RED with this package and opens its editor, or skips the suite where there is no browser.
 * @param flows - flow file to begin with
 * @param ready - id of a node that has to be there
 */
export async function openEditor(
  context: Mocha.Context,
  flows: readonly object[],
  ready: string,
): Promise<OpenEditor> {
  return openEditorIn(await launchChromium(context), flows, ready);
}

/** As `openEditor`, in a browser that runs already and is closed with the editor. */
export async function openEditorIn(
  browser: Browser,
  flows: readonly object[],
  ready: string,
  options: BrowserContextOptions = {},
): Promise<OpenEditor> {
  const server = await startEditorServer(rootOf(__dirname), flows);
  const page = await browser.newPage({
    viewport: { width: 1300, height: 900 },
    ...options,
  });
  page.setDefaultTimeout(25_000);
  const complaints = complaintsOf(page);
  await page.goto(server.url);
  await page.waitForFunction(
    `typeof RED === 'object' && RED.nodes?.node?.('${ready}') && RED.workspaces.active()`,
  );
  return {
    server,
    page,
    async settle({ currentTest }) {
      const said = complaints.splice(0);
      if (currentTest?.state === "passed") assert.deepEqual(said, []);
      else await cancelDialogs(page);
    },
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (/error|warning/.test(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => {
    if (!isMonacoLate(error)) complaints.push(error.stack ?? error.message);
  });
  return complaints;
}

/** Monaco computes folding a moment after it opens, and complains when the dialog was closed before; no code of ours is in the trace. */
function isMonacoLate({ message, stack = "" }: Error): boolean {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return (
    message.startsWith("Model is disposed!") &&
    frames.every((line) => line.includes("/vendor/monaco/"))
  );
}

/** Compiled tests lie deeper than their sources. */
function rootOf(folder: string): string {
  return existsSync(path.join(folder, "package.json"))
    ? folder
    : rootOf(path.dirname(folder));
}

/** Puts a new node on the flow, as dropping it from the palette does. */
export function addNode(page: Page, type: string): Promise<string> {
  return page.evaluate((nodeType) => {
    const { node } = RED.view.createNode(nodeType, 200, 200);
    RED.nodes.add(node);
    return String(node.id);
  }, type);
}

export async function openNode(page: Page, id: string): Promise<void> {
  await page.evaluate((nodeId) => RED.editor.edit(RED.nodes.node(nodeId)), id);
  await page.locator("#node-dialog-ok").waitFor({ state: "visible" });
  await page
    .locator("#dialog-form .voice-live-form")
    .waitFor({ state: "visible" });
}

export async function openNewConfig(page: Page, type: string): Promise<void> {
  await page.evaluate(
    (nodeType) => RED.editor.editConfig("", nodeType, "_ADD_", "node-input"),
    type,
  );
  await page
    .locator("#node-config-dialog-edit-form .voice-live-form")
    .waitFor({ state: "visible" });
}

export async function openConfig(page: Page, id: string): Promise<void> {
  await page.evaluate((nodeId) => {
    const node = RED.nodes.node(nodeId);
    RED.editor.editConfig("", String(node?.type), nodeId, "node-input");
  }, id);
  await page
    .locator("#node-config-dialog-edit-form .voice-live-form")
    .waitFor({ state: "visible" });
}

/** Closes the dialog for a new config node and gives the node's id. */
export async function addConfig(page: Page, type: string): Promise<string> {
  await closeDialog(page, "#node-config-dialog-ok");
  return page.evaluate((nodeType) => {
    const ids: string[] = [];
    RED.nodes.eachConfig((node) => {
      if (node.type === nodeType) ids.push(String(node.id));
    });
    return ids.at(-1) ?? "";
  }, type);
}

export async function addSession(page: Page): Promise<string> {
  await openNewConfig(page, "voice-live-session");
  await edit(page, { "#node-config-input-resource": "resource1" });
  return addConfig(page, "voice-live-session");
}

/** Sets properties of a node as an imported flow would. */
export function give(
  page: Page,
  id: string,
  properties: Properties,
): Promise<void> {
  return page.evaluate(
    ([nodeId, values]) => {
      Object.assign(RED.nodes.node(nodeId) ?? {}, values);
    },
    [id, properties] as const,
  );
}

export async function edit(
  page: Page,
  controls: Record<string, string | boolean>,
): Promise<void> {
  for (const [selector, value] of Object.entries(controls)) {
    const control = page.locator(selector);
    const isSelect =
      (await control.evaluate(
        (element) => (element as { nodeName: string }).nodeName,
      )) === "SELECT";
    if (typeof value === "boolean") await control.setChecked(value);
    else if (isSelect) await control.selectOption(value);
    else await control.fill(value);
  }
}

export async function showTab(page: Page, name: string): Promise<void> {
  const tab = page.locator(
    `.voice-live-tabs a[href="#voice-live-session-${name}"]`,
  );
  const content = page.locator(`#voice-live-session-${name}`);
  await tab.click();
  // Node-RED takes a second click within 400 ms, even on another tab, for a double click and ignores it.
  if (!(await content.isVisible())) await tab.click();
  await content.waitFor({ state: "visible" });
}

export async function closeDialog(page: Page, button: string): Promise<void> {
  await page.locator(button).click();
  await page.locator(button).waitFor({ state: "detached" });
}

async function cancelDialogs(page: Page): Promise<void> {
  const cancel = page.locator(
    "#node-dialog-cancel:visible, #node-config-dialog-cancel:visible",
  );
  while ((await cancel.count()) > 0) {
    const top = await cancel.last().elementHandle();
    await top?.click();
    await top?.waitForElementState("hidden");
  }
}

export async function dismissWarning(page: Page): Promise<void> {
  const warning = page.locator(".red-ui-notification-warning").last();
  await warning.waitFor({ state: "visible" });
  await warning.click();
}

/** The text of the open code editor that contains `mark`. */
export function jsonText(page: Page, mark: string): Promise<string> {
  return page.evaluate((part) => {
    const models = monaco.editor
      .getModels()
      .filter((model) => model.getValue().includes(part));
    return models.at(-1)?.getValue() ?? "";
  }, mark);
}

/** Replaces the text of the open code editor that contains `mark`. */
export function typeJson(
  page: Page,
  mark: string,
  text: string,
): Promise<void> {
  return page.evaluate(
    ([part, next]) => {
      const models = monaco.editor
        .getModels()
        .filter((model) => model.getValue().includes(part));
      models.at(-1)?.setValue(next);
    },
    [mark, text] as const,
  );
}

/** The settings of a node as an export has them. */
export async function exported(page: Page, id: string): Promise<Properties> {
  const node = await page.evaluate(
    (nodeId) => RED.nodes.createExportableNodeSet([RED.nodes.node(nodeId)])[0],
    id,
  );
  return Object.fromEntries(
    Object.entries(node ?? {}).filter(([name]) => !PLACE.includes(name)),
  );
}

/** Presses Deploy and gives the flows that Node-RED has then; they run. */
export async function deploy(page: Page): Promise<Properties[]> {
  const [response] = await Promise.all([
    page.waitForResponse(
      (each) =>
        each.url().endsWith("/flows") && each.request().method() === "POST",
    ),
    pressDeploy(page),
  ]);
  assert.ok(response.ok(), `No deploy: ${response.status()}`);
  // The editor takes note of what is deployed when it has read the answer, and lets nobody do anything until then.
  await page.locator("#red-ui-header-shade").waitFor({ state: "hidden" });
  await untilFlowsRun(page, ((await response.json()) as { rev: string }).rev);
  return page.evaluate("$.getJSON('flows').then(({ flows }) => flows)");
}

/** Node-RED answers before it starts the flows; who subscribes is told of the latest start, also when that was before. */
function untilFlowsRun(page: Page, deployed: string): Promise<void> {
  return page.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        const see: DeployListener = (topic, { revision }) => {
          if (revision !== wanted) return;
          RED.comms.unsubscribe(topic, see);
          resolve();
        };
        RED.comms.subscribe("notification/runtime-deploy", see);
      }),
    deployed,
  );
}

/** Also where the editor asks whether that is meant. */
async function pressDeploy(page: Page): Promise<void> {
  const button = page.locator("#red-ui-header-button-deploy");
  const begun = page.locator("#red-ui-header-button-deploy.disabled");
  const confirm = page.locator("#red-ui-notifications button.primary");
  await button.click();
  await begun.or(confirm).first().waitFor();
  if (await confirm.isVisible()) await confirm.click();
}
