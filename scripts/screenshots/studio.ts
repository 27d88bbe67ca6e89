import { mkdir } from "node:fs/promises";
import path from "node:path";
import { findChromium, startChromium } from "../../test/browser/browser";
import { openEditorIn, type OpenEditor } from "../../test/browser/editor-page";
import { turnDark } from "./dark-theme";
import { demoName, readExample } from "../flow-file";
import type { PageScene, Scene } from "./scene";

export type Theme = "light" | "dark";

/** An editor on the simulator, with the demo flow, that pictures are taken of. */
export interface Studio {
  /** @returns the files written, by theme */
  take(
    scene: Scene | PageScene,
    folder: string,
  ): Promise<Record<Theme, string>>;
  close(): Promise<void>;
}

/** @param language - of the editor's texts, such as `de` */
export async function openStudio(language = "en-US"): Promise<Studio> {
  const chromium = findChromium();
  if (chromium === undefined)
    throw new Error(
      "No Chromium found: install one, or set CHROMIUM_PATH to the one there is",
    );
  const flow = readExample(demoName);
  const session = flow.find(({ type }) => type === "voice-live-session");
  const editor = await openEditorIn(
    await startChromium(chromium),
    flow,
    session?.id ?? "",
    { locale: language },
  );
  return {
    take: (scene, folder) =>
      "open" in scene ? takePage(scene, folder) : take(editor, scene, folder),
    close: () => editor.close(),
  };
}

async function take(
  editor: OpenEditor,
  scene: Scene,
  folder: string,
): Promise<Record<Theme, string>> {
  const { page } = editor;
  await page.setViewportSize(scene.size);
  // Each scene begins with the flow as it is deployed, in the light.
  await page.reload();
  await page.waitForFunction(
    "typeof RED === 'object' && RED.nodes?.node && RED.workspaces?.active()",
  );
  const part = await scene.set(editor);
  // What lies under the mouse says what it is.
  await page.mouse.move(0, 0);
  await mkdir(folder, { recursive: true });
  const picture = async (theme: Theme): Promise<string> => {
    const file = path.join(folder, `${scene.name}-${theme}.png`);
    // The caret blinks, and trays move in.
    const how = { path: file, animations: "disabled", caret: "hide" } as const;
    await (part ? page.locator(part) : page).screenshot(how);
    return file;
  };
  const light = await picture("light");
  await turnDark(page);
  return { light, dark: await picture("dark") };
}

async function takePage(
  scene: PageScene,
  folder: string,
): Promise<Record<Theme, string>> {
  const opened = await scene.open(scene.size);
  const { page } = opened;
  try {
    await mkdir(folder, { recursive: true });
    const picture = async (theme: Theme): Promise<string> => {
      const file = path.join(folder, `${scene.name}-${theme}.png`);
      await page.emulateMedia({ colorScheme: theme });
      await page.screenshot({ path: file, caret: "hide" });
      return file;
    };
    return { light: await picture("light"), dark: await picture("dark") };
  } finally {
    await opened.close();
  }
}
