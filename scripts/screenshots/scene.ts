import type { Page } from "playwright-core";
import {
  openConfig,
  openNode,
  type OpenEditor,
} from "../../test/browser/editor-page";

/** One picture: what has to be done in an editor that shows the demo flow, and what of the window is in the picture. */
export interface Scene {
  /** The picture's file name, without theme and ending. */
  readonly name: string;
  /** README or `docs/` show it: the picture in the light theme is kept in `docs/screenshots/`. */
  readonly isInDocs?: boolean;
  /** Of the window, in pixels; a dialog's height follows what it holds. */
  readonly size: { readonly width: number; readonly height: number };
  /**
   * @returns selector of what is in the picture; without one it is the whole window
   */
  set(editor: OpenEditor): Promise<string | void>;
}

/** A picture of a page that is no editor, and follows the browser's theme. */
export interface PageScene {
  readonly name: string;
  readonly isInDocs?: boolean;
  readonly size: { readonly width: number; readonly height: number };
  /** Brings it to what shall be seen. */
  open(size: PageScene["size"]): Promise<OpenedPage>;
}

export interface OpenedPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** What a dialog's picture is as wide as; Node-RED opens dialogs of about this width. */
export const DIALOG_WIDTH = 520;
const DIALOG = ".red-ui-tray:last-child";
const DIALOG_SIZE = { width: 1300, height: 700 };
/** Longer dialogs are cut: nobody looks at a picture of several screens. */
const LONGEST_DIALOG = 2_600;

/**
 * A picture of a dialog.
 * @param open - opens the dialog and brings it to what shall be seen
 */
export function dialogScene(
  name: string,
  open: (page: Page) => Promise<void>,
): Scene {
  return {
    name,
    size: DIALOG_SIZE,
    async set({ page }) {
      await open(page);
      await fitDialog(page);
      return DIALOG;
    },
  };
}

/** Opens the dialog of the demo flow's node of a type. */
export async function openDemoNode(page: Page, type: string): Promise<void> {
  const id: string = await page.evaluate(
    `RED.nodes.filterNodes({ type: "${type}" })[0].id`,
  );
  await openNode(page, id);
}

/** Opens the dialog of the demo flow's config node of a type. */
export async function openDemoConfig(page: Page, type: string): Promise<void> {
  const id: string = await page.evaluate(`(() => {
    let found;
    RED.nodes.eachConfig((node) => { if (node.type === "${type}") found ??= node.id; });
    return found;
  })()`);
  await openConfig(page, id);
}

/** Makes the window so high that the dialog need not scroll. */
async function fitDialog(page: Page): Promise<void> {
  await page.evaluate(
    `$("${DIALOG}").css("width", "${DIALOG_WIDTH}px"); RED.tray.resize()`,
  );
  const hidden: number = await page.evaluate(`(() => {
    const scrolled = $("${DIALOG} .voice-live-form").parents().toArray()
      .filter((each) => getComputedStyle(each).overflowY === "auto")
      .map(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
    return Math.max(0, ...scrolled);
  })()`);
  const height = Math.min(LONGEST_DIALOG, DIALOG_SIZE.height + hidden + 10);
  await page.setViewportSize({ ...DIALOG_SIZE, height });
}
