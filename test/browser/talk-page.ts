import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { writeWav } from "../../lib/audio";
import { silent } from "../support/voice-like";
import { launchChromium } from "./browser";

/** Hz, of the files that stand for a microphone: what Chromium's fake one runs at. */
export const MICROPHONE_RATE = 48_000;

/** At its end Chromium goes on with the last samples of the file for good; so they are silent. */
const AFTERWARDS = silent(1_000, MICROPHONE_RATE);

/** What the page's loudspeaker got, as an AudioWorklet behind the page's last node has seen it. */
export interface Tap {
  readonly rate: number;
  /** Samples, from the first quantum on. */
  readonly samples: readonly number[];
  /** Where it went silent: in seconds of the page's audio clock, and as an index into `samples`. */
  readonly silences: readonly { readonly at: number; readonly index: number }[];
  /** When the page got word to stop, seconds of the page's audio clock. */
  readonly flushes: readonly number[];
}

interface TapInPage {
  rate: number;
  blocks: Float32Array[];
  silences: { at: number; index: number }[];
  flushes: number[];
  arrivals: number[];
  keepsBlocks: boolean;
}
declare const talkTap: TapInPage;

/** Stands behind the page's last node: hands on every quantum and tells the page of it. */
const TAP_WORKLET = `
registerProcessor("test-tap", class extends AudioWorkletProcessor {
  #block = new Float32Array(4096);
  #filled = 0;
  #wasSilent = true;
  #index = 0;
  process([input], [output]) {
    const heard = input[0] ?? new Float32Array(128);
    output[0].set(heard);
    const isSilent = heard.every((sample) => sample === 0);
    if (isSilent && !this.#wasSilent) this.port.postMessage({ at: currentTime, index: this.#index });
    this.#index += heard.length;
    this.#wasSilent = isSilent;
    this.#block.set(heard, this.#filled);
    this.#filled += heard.length;
    if (this.#filled === this.#block.length) {
      this.port.postMessage({ block: this.#block.slice() });
      this.#filled = 0;
    }
    return true;
  }
});`;

/** Puts the tap between the page's graph and the loudspeaker, and notes when the page is told to stop. */
const TAP_SCRIPT = `(() => {
  const tap = (globalThis.talkTap = { rate: 0, blocks: [], silences: [], flushes: [], arrivals: [], keepsBlocks: true });
  let context;
  const url = URL.createObjectURL(new Blob([${JSON.stringify(TAP_WORKLET)}], { type: "text/javascript" }));
  const add = AudioWorklet.prototype.addModule;
  AudioWorklet.prototype.addModule = async function (...more) {
    await add.call(this, url);
    return add.apply(this, more);
  };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to !== this.context.destination) return connect.call(this, to, ...more);
    context = this.context;
    tap.rate = context.sampleRate;
    const node = new AudioWorkletNode(context, "test-tap", { outputChannelCount: [1] });
    node.port.onmessage = ({ data }) => {
      if (data.block) tap.keepsBlocks && tap.blocks.push(data.block);
      else tap.silences.push(data);
    };
    connect.call(this, node);
    return connect.call(node, to);
  };
  const Original = WebSocket;
  globalThis.WebSocket = class extends Original {
    constructor(...more) {
      super(...more);
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string" && JSON.parse(data).type === "flush")
          tap.flushes.push(context.currentTime);
        if (typeof data !== "string") tap.arrivals.push(context.currentTime);
      });
    }
  };
})();`;

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
    locale = "en-US",
    hasTap = false,
    isCertificateUnknown = false,
    isLater = false,
  } = choices;
  const context = await browser.newContext({
    colorScheme,
    locale,
    bypassCSP: hasTap,
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

async function readTap(page: Page): Promise<Tap> {
  const blocks = await page.evaluate(() => talkTap.blocks.length);
  // The block that is being filled, and one that is on its way.
  await page.waitForFunction(
    (least) => talkTap.blocks.length > least,
    blocks + 1,
  );
  return page.evaluate(() => ({
    rate: talkTap.rate,
    samples: talkTap.blocks.flatMap((block) => [...block]),
    silences: [...talkTap.silences],
    flushes: [...talkTap.flushes],
  }));
}

/** What has come and gone silent since it was last asked, in seconds of the page's audio clock; the samples are not kept. */
export async function takeTimes(
  page: Page,
): Promise<{ arrivals: number[]; silences: number[] }> {
  return page.evaluate(() => {
    talkTap.keepsBlocks = false;
    talkTap.blocks.length = 0;
    return {
      arrivals: talkTap.arrivals.splice(0),
      silences: talkTap.silences.splice(0).map(({ at }) => at),
    };
  });
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
