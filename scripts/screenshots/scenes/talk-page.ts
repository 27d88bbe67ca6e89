import { Resampler } from "../../../lib/audio";
import { recordings, soundOf } from "../../../lib/simulator/recordings";
import { startEditorServer } from "../../../test/browser/editor-server";
import {
  launchTalkBrowser,
  openTalkPage,
} from "../../../test/browser/talk-page";
import { MICROPHONE_RATE } from "../../../test/browser/talk-tap";
import { silent } from "../../../test/support/voice-like";
import { readExample } from "../../flow-file";
import { packageRoot } from "../../user-dir";
import type { OpenedPage, PageScene } from "../scene";

const EXAMPLE = "Talk page";

/** Until the long answer is being heard, when the next question breaks in. */
const LISTENING_MS = 4_500;

export const talkPage: PageScene = {
  name: "talk-page",
  isInDocs: true,
  size: { width: 1_000, height: 760 },
  open: openConversation,
};

export const talkPageOnAPhone: PageScene = {
  name: "talk-page-phone",
  size: { width: 390, height: 844 },
  open: openConversation,
};

/** Someone asks for a story, breaks in with a question, and is being answered. */
async function openConversation(
  viewport: PageScene["size"],
): Promise<OpenedPage> {
  const server = await startEditorServer(packageRoot, readExample(EXAMPLE));
  const browser = await launchTalkBrowser(
    {
      skip() {
        throw new Error("No Chromium found");
      },
    },
    Buffer.concat([
      silent(1_000, MICROPHONE_RATE),
      phrase("Tell me something long."),
      silent(LISTENING_MS, MICROPHONE_RATE),
      phrase("What is the weather in Lisbon?"),
    ]),
  );
  const { page } = await openTalkPage(
    browser,
    new URL("talk/", server.url).href,
    { viewport },
  );
  await page.locator("#start").click();
  await page.locator(".bubble.assistant s").waitFor();
  await page.locator(".call").waitFor();
  await page
    .locator(".bubble.assistant")
    .filter({ hasText: "sunny" })
    .waitFor();
  // The figure of the turn comes when the answer is being heard.
  await page.locator(".bubble.assistant .after").nth(1).waitFor();
  return {
    page,
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

/** A recorded question, as the fake microphone wants it. */
function phrase(text: string): Buffer {
  const recording = recordings().find((each) => each.text === text);
  if (!recording) throw new Error(`No recording says "${text}"`);
  const { pcm, sampleRate } = soundOf(recording);
  const resampler = new Resampler({ from: sampleRate, to: MICROPHONE_RATE });
  return Buffer.concat([resampler.push(pcm), resampler.flush()]);
}
