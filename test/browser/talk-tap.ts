import type { Page } from "playwright-core";
import { float32ToPcm16, Resampler } from "../../lib/audio";
import { partFoundIn, samplesOf } from "../support/alignment";

/** Hz, of the files that stand for a microphone: what Chromium's fake one runs at. */
export const MICROPHONE_RATE = 48_000;

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
export const TAP_SCRIPT = `(() => {
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

/** What the tap of a page has heard, everything up to now included. */
export async function readTap(page: Page): Promise<Tap> {
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

/** The loudspeaker's sound at another rate, mono PCM16. */
export function playedAt(rate: number, { samples, rate: from }: Tap): Buffer {
  return resampled(float32ToPcm16(Float32Array.from(samples)), from, rate);
}

/**
 * Of a second of words at most two pieces lie at a gap that a busy machine made: Chromium's fake microphone drops samples then, and
 * a page that gets no time has none to play.
 */
export const MOST = 0.8;

/**
 * How much of some words was heard. They are compared at the microphone's rate: at 24 kHz half a sample makes a difference.
 * @param words - mono PCM16 at `MICROPHONE_RATE`
 * @param heard - mono PCM16 at `rate`
 * @returns 0 to 1
 */
export function partHeard(words: Buffer, heard: Buffer, rate: number): number {
  const hay = resampled(heard, rate, MICROPHONE_RATE);
  return partFoundIn(samplesOf(hay), samplesOf(words));
}

function resampled(pcm: Buffer, from: number, to: number): Buffer {
  const resampler = new Resampler({ from, to });
  return Buffer.concat([resampler.push(pcm), resampler.flush()]);
}
