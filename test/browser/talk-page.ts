import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { writeWav } from "../../lib/audio";
import { silent } from "../support/voice-like";
import { launchChromium } from "./browser";
import { MICROPHONE_RATE, readTap, type Tap, TAP_SCRIPT } from "./talk-tap";

/** At its end Chromium goes on with the last samples of the file for good; so they are silent. */
const AFTERWARDS = silent(1_000, MICROPHONE_RATE);

/** A session in which each page has a conversation of its own, and the service hears when a turn ends. */
export const SESSION_OF_PAGES = {
  type: "voice-live-session",
  resource: "resource",
  target: "model",
  model: "gpt-realtime",
  settings: {
    modalities: ["text", "audio"],
    turn_detection: { type: "server_vad" },
    input_audio_transcription: { model: "whisper-1" },
  },
  conversations: "keyed",
  connect: "input",
};

const NO_PROCESSING = `try {
  localStorage.setItem("voice-live-talk", JSON.stringify({ echoCancellation: false, noiseSuppression: false, ...JSON.parse(localStorage.getItem("voice-live-talk") ?? "{}") }));
} catch { /* about:blank has no storage */ }`;

/** A Chromium whose microphone is a file, heard once from the moment the page opens it. */
export interface TalkBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** @param said - mono PCM16 at `MICROPHONE_RATE`; without it the microphone beeps once a second */
export async function launchTalkBrowser(
  context: Pick<Mocha.Context, "skip">,
  said?: Buffer,
): Promise<TalkBrowser> {
  const folder = mkdtempSync(path.join(tmpdir(), "voice-live-microphone-"));
  const file = path.join(folder, "said.wav");
  if (said)
    writeFileSync(
      file,
      writeWav(Buffer.concat([said, AFTERWARDS]), {
        sampleRate: MICROPHONE_RATE,
        channels: 1,
      }),
    );
  const browser = await launchChromium(context, [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    ...(said ? [`--use-file-for-fake-audio-capture=${file}%noloop`] : []),
  ]);
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A talk page that is open, what its console said and what its policy refused. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: string[];
  /** What the tap has heard, everything up to now included. */
  heard(): Promise<Tap>;
  close(): Promise<void>;
}

export interface PageChoices {
  readonly colorScheme?: "light" | "dark";
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Pixels of the screen for one of the page; 1 by default. */
  readonly scale?: number;
  readonly locale?: string;
  /** What is heard can be asked for; the page's own policy, which would refuse the tap, is then out of force. */
  readonly hasTap?: boolean;
  /** Its server vouches for itself. */
  readonly isCertificateUnknown?: boolean;
  /** The test opens it, to see everything from the first request on. */
  readonly isLater?: boolean;
}

/** Opens the page; the browser's own processing of sound is off, so that samples can be compared. */
export async function openTalkPage(
  { browser }: TalkBrowser,
  url: string,
  choices: PageChoices = {},
): Promise<OpenPage> {
  const {
    colorScheme = "light",
    viewport,
    scale = 1,
    locale = "en-US",
    hasTap = false,
    isCertificateUnknown = false,
    isLater = false,
  } = choices;
  const context = await browser.newContext({
    colorScheme,
    locale,
    bypassCSP: hasTap,
    deviceScaleFactor: scale,
    ignoreHTTPSErrors: isCertificateUnknown,
    viewport: viewport ?? { width: 1000, height: 760 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(25_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (/error|warning/.test(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) =>
    complaints.push(error.stack ?? error.message),
  );
  if (hasTap) await page.addInitScript(TAP_SCRIPT);
  await page.addInitScript(NO_PROCESSING);
  if (!isLater) {
    await page.goto(url);
    await page.locator("#start").filter({ hasText: /\S/ }).waitFor();
  }
  return {
    page,
    complaints,
    heard: () => readTap(page),
    close: () => context.close(),
  };
}

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

interface AxeInPage {
  run(part: string): Promise<{
    violations: {
      id: string;
      impact: string;
      nodes: { html: string; failureSummary: string }[];
    }[];
  }>;
}
declare const axe: AxeInPage;

/**
 * What axe-core finds that is serious or worse.
 * @param part - selector of what is looked at
 */
export async function seriousIssues(
  page: Page,
  part = "html",
): Promise<readonly string[]> {
  // Not by a script element: the page's policy would refuse it.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (selector) => axe.run(selector),
    part,
  );
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`,
      ),
    );
}
