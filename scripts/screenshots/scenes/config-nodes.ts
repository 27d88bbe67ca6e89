import { edit, showTab } from "../../../test/browser/editor-page";
import { dialogScene, openDemoConfig, type Scene } from "../scene";

const SERVICES = ["simulator", "azure", "openai", "azure-openai"];
const TABS = [
  "persona",
  "voice",
  "listening",
  "tools",
  "conversations",
  "limits",
  "advanced",
];

/** The resource, as it asks for what each service needs. */
export const resourceDialogs: readonly Scene[] = SERVICES.map((service) =>
  dialogScene(`resource-${service}`, async (page) => {
    await openDemoConfig(page, "voice-live-resource");
    await edit(page, { "#node-config-input-service": service });
  }),
);

/** All tabs of the session. */
export const sessionDialogs: readonly Scene[] = TABS.map((tab) =>
  dialogScene(`session-${tab}`, async (page) => {
    await openDemoConfig(page, "voice-live-session");
    await showTab(page, tab);
    if (tab === "tools")
      await page.locator("#voice-live-session-mcp-add").click();
  }),
);

/** The list of voices, opened and searched. */
export const voiceList: Scene = dialogScene("session-voices", async (page) => {
  await openDemoConfig(page, "voice-live-session");
  await showTab(page, "voice");
  await page.locator("#voice-live-setting-voice-name").fill("de-DE");
});

/** What a wrong value looks like. */
export const wrongValues: Scene = dialogScene("session-wrong", async (page) => {
  await openDemoConfig(page, "voice-live-session");
  await showTab(page, "voice");
  await edit(page, {
    "#voice-live-setting-avatar": "video-avatar",
    "#voice-live-setting-avatar-ice-servers": '[{"urls"\n  ["turn:a"]}]',
  });
});
