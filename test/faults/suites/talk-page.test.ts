import assert from "node:assert/strict";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";
import { packageRoot } from "../../../scripts/user-dir";
import { findChromium } from "../../browser/browser";
import { launchTalkBrowser, openTalkPage } from "../../browser/talk-page";
import { takeTimes } from "../../browser/talk-tap";
import { type PageClient, PageServer } from "../../page/page-server";
import type { Random } from "../../support/random";
import { voiceLike } from "../../support/voice-like";
import { faultSuite, type Finding } from "../suite";

const RATE = 24_000;
const FRAME_MS = 40;
const FRAME_BYTES = (2 * RATE * FRAME_MS) / 1_000;
const REPLY_MS = 8_000;
const PAUSE_MS = 1_500;
const JITTER_MS = 100;
/** By so much audio out is ahead of the sound (design.md §5.2, its default). */
const LEAD_MS = 200;
/** The page begins a reply when so much of it is there, or has been waiting for so long. */
const START_MS = 140;
/** The page's clock goes on in steps of a sound card's buffer: what came closer to its time than this may have come too late. */
const STEP_MS = 20;
/** The lead, a late frame and the reports that are on their way are 0.4 s; what grows is soon more than this. */
const MOST_QUEUED_MS = 1_000;
/** A reply and its reports; the heap breathes by more than a page that holds on to nothing grows. */
const MOST_HEAP_GROWTH = 2_000_000;

interface Size {
  readonly replies: number;
}

/** What one reply has shown. */
interface Heard {
  /** The least time between a frame's arrival and its turn to be heard, by the page's clock; negative where it came too late. */
  readonly spareMs: number;
  /** Silences, the one at its end included. */
  readonly silences: number;
  readonly mostQueuedMs: number;
}

faultSuite<Size>(
  "talk page with 0–100 ms of jitter",
  { quick: { replies: 2 }, full: { replies: 64 } },
  async ({ replies }, random): Promise<Finding> => {
    if (findChromium() === undefined)
      return { count: 0, figure: "no Chromium found" };
    const server = new PageServer({
      folder: path.join(packageRoot, "dist", "page"),
    });
    await server.listen();
    const browser = await launchTalkBrowser({ skip: () => assert.fail() });
    try {
      const { page } = await openTalkPage(browser, server.url, {
        hasTap: true,
      });
      await page.locator("#start").click();
      const listener = new Listener(server, await server.client(0), page);
      return await listener.listenTo(replies, random);
    } finally {
      await browser.close();
      await server.close();
    }
  },
);

class Listener {
  readonly #server: PageServer;
  readonly #client: PageClient;
  readonly #page: Page;
  readonly #speech = voiceLike(9, REPLY_MS, RATE);

  constructor(server: PageServer, client: PageClient, page: Page) {
    this.#server = server;
    this.#client = client;
    this.#page = page;
  }

  async listenTo(replies: number, random: Random): Promise<Finding> {
    const heap = await this.#page.context().newCDPSession(this.#page);
    const heard: Heard[] = [];
    let firstHeap = 0;
    await takeTimes(this.#page);
    for (let stream = 1; stream <= replies; stream += 1) {
      heard.push(await this.#reply(stream, random));
      if (stream === Math.min(4, replies)) firstHeap = await heldBytes(heap);
      await sleep(PAUSE_MS);
    }
    const grown = (await heldBytes(heap)) - firstHeap;
    return verdict(heard, grown);
  }

  async #reply(stream: number, random: Random): Promise<Heard> {
    const client = this.#client;
    client.send({ type: "audio", stream, rate: RATE, generation: 0 });
    let mostQueuedMs = 0;
    const from = performance.now();
    for (let at = 0; at < this.#speech.length; at += FRAME_BYTES) {
      const aheadMs = (at / FRAME_BYTES) * FRAME_MS - LEAD_MS;
      const dueMs = Math.max(0, aheadMs) + random.between(0, JITTER_MS);
      await sleep(Math.max(0, from + dueMs - performance.now()));
      client.sendAudio(stream, this.#speech.subarray(at, at + FRAME_BYTES));
      const played = client.reports(stream).at(-1)?.samples ?? 0;
      const queuedMs = (((at + FRAME_BYTES) / 2 - played) * 1_000) / RATE;
      mostQueuedMs = Math.max(mostQueuedMs, queuedMs);
    }
    client.send({ type: "audio-end", stream });
    const end = await this.#server.until(() =>
      client.reports(stream).find(({ ended }) => ended),
    );
    assert.equal(end.samples, this.#speech.length / 2);
    client.messages.length = 0;
    client.frames.length = 0;
    await sleep(200); // until the tap has told of the silence after it
    const { arrivals, silences } = await takeTimes(this.#page);
    return {
      spareMs: spare(arrivals),
      silences: silences.length,
      mostQueuedMs,
    };
  }
}

function spare(arrivals: readonly number[]): number {
  const [first = 0] = arrivals;
  const enough = arrivals[Math.ceil(START_MS / FRAME_MS) - 1] ?? first;
  const beginsMs = Math.min(enough * 1_000, first * 1_000 + START_MS);
  const spares = arrivals.map(
    (at, index) => beginsMs + index * FRAME_MS - at * 1_000,
  );
  // Those that came before it began have all the time they need.
  return Math.min(...spares.slice(1));
}

async function heldBytes(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize;
}

/** A machine that is too busy delivers later than the jitter that is asked for; then a gap is no fault of the page. */
function verdict(heard: readonly Heard[], grown: number): Finding {
  const fair = heard.filter(({ spareMs }) => spareMs >= STEP_MS);
  for (const { spareMs, silences } of fair)
    assert.equal(silences, 1, `a gap, with ${spareMs} ms to spare`);
  const queuedMs = Math.max(0, ...fair.map((each) => each.mostQueuedMs));
  assert.ok(queuedMs <= MOST_QUEUED_MS, `${queuedMs} ms waited in the page`);
  assert.ok(
    grown <= MOST_HEAP_GROWTH,
    `the page's heap has grown by ${grown} bytes`,
  );
  const whole = heard.filter(({ silences }) => silences === 1).length;
  return {
    count: heard.length,
    figure: `${whole} replies of 8 s without a gap, ${heard.length - fair.length} that the machine delivered too late, ${Math.round(queuedMs)} ms queued at most, heap ${Math.round(grown / 1_000)} kB more`,
  };
}
