import type { Scene } from "../scene";

/** The window with the demo flow, as it is after `npm start`. */
export const demoFlow: Scene = {
  name: "first-conversation",
  isInDocs: true,
  size: { width: 1380, height: 818 },
  async set({ page }) {
    const category = page.locator("#red-ui-palette-voice_live");
    await category.scrollIntoViewIfNeeded();
    await page.evaluate("document.fonts.ready.then(() => undefined)");
  },
};
