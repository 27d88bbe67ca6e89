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

const SIDEBAR_WIDTH = 400;

/** The sidebar of live conversations: a reply that was interrupted, and a question with its answer. */
export const liveConversations: Scene = {
  name: "live-conversations",
  isInDocs: true,
  size: { width: 1380, height: 600 },
  async set({ page }) {
    const press = (button: string): Promise<unknown> =>
      page.evaluate(`$.post("inject/first-conversation-${button}")`);
    const said = (text: string) =>
      page.locator(".voice-live-words > div", { hasText: text }).waitFor();
    await page.evaluate(`RED.sidebar.show("voice-live-sessions")`);
    await page.evaluate(`$("#red-ui-sidebar").width(${SIDEBAR_WIDTH})`);
    await page.locator(".voice-live-row > button").click();
    await press("type-story");
    await said("Once upon a time");
    await press("stop");
    await page.locator(".voice-live-words s").waitFor();
    await press("ask");
    await said("What is the weather");
    await said("It is sunny");
    await page
      .locator('.voice-live-meter[aria-valuenow="-60"]')
      .first()
      .waitFor();
    return "#red-ui-sidebar";
  },
};
