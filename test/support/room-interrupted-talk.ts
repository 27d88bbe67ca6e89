import assert from "node:assert/strict";
import { Assistant } from "../../lib/client/assistant";
import type { OutletChunk } from "../../lib/client/audio-outlet";
import type { ClientEvent, VoiceLiveResponse } from "../../lib/protocol";
import type { Random } from "./random";
import { Loudspeaker, TIMELY_MS } from "./room-loudspeaker";
import { type StoppedClock } from "../client/clock";

const CHUNK_MS = 40;
/** Samples of one millisecond; the rate does not matter to positions, and this one is quick. */
const PER_MS = 8;

type Reports = "none" | "timely" | "wild";

interface Item {
  readonly id: string;
  readonly responseId: string;
  sentMs: number;
}

/** A conversation with a service that says what the test likes, and a loudspeaker that knows what it has played. */
export class InterruptedTalk {
  readonly #random: Random;
  readonly #clock: StoppedClock;
  readonly #reports: Reports;
  readonly #speaker: Loudspeaker;
  readonly #assistant: Assistant;
  readonly #items = new Map<string, Item>();
  readonly #deleted = new Set<string>();
  readonly #generations = new Map<string, number>();
  readonly #told: ClientEvent[] = [];
  /** Of this generation, in which order they came. */
  #present: Item[] = [];
  #late: (() => void)[] = [];
  #count = 0;
  truncates = 0;
  measured = 0;

  constructor(random: Random, clock: StoppedClock, reports: Reports) {
    this.#random = random;
    this.#clock = clock;
    this.#reports = reports;
    const lagMs = reports === "none" ? 0 : random.between(-80, 400);
    this.#speaker = new Loudspeaker(lagMs, () => performance.now());
    this.#assistant = new Assistant({
      settings: () => ({ output_audio_format: "pcm16_8000hz" }),
      tell: (event) => this.#told.push(event),
      setPaused: () => undefined,
      onTranscript: () => undefined,
      onInterrupted: () => undefined,
      onPlayedOut: () => undefined,
    });
    this.#assistant.addOutlet({
      options: {
        mode: random.chance(0.8) ? "paced" : "received",
        leadMs: random.pick([100, 200, 500]),
        chunkMs: CHUNK_MS,
        sampleRate: PER_MS * 1_000,
      },
      listeners: {
        audio: (chunk) => this.#hear(chunk),
        playback: ({ event }) => {
          if (event === "flush") this.#speaker.stop();
        },
      },
    });
    if (reports !== "none") clock.setInterval(() => this.#report(), 100);
  }

  /** The assistant says something, is interrupted somewhere in it, and the service sends what it had not sent yet. */
  run(): void {
    for (let reply = this.#random.pick([1, 1, 2]); reply > 0; reply--)
      this.#say();
    if (this.#random.chance(0.5)) this.#pass(this.#random.between(0, 1_500));
    this.#interrupt();
    if (this.#random.chance(0.5)) this.#pass(this.#random.between(0, 300));
    for (const event of this.#late.splice(0)) event();
    this.#checkTold();
  }

  end(): void {
    this.#pass(5_000);
    this.#checkTold();
    this.#assistant.close();
    this.#clock.reset();
  }

  #say(): void {
    const { audio, script } = this.#reply();
    const cut = this.#random.between(1, script.length * 2);
    for (const event of script.slice(0, cut)) {
      event();
      // Faster than speech, sometimes with a pause that nothing covers.
      this.#pass(
        this.#random.chance(0.03) ? 900 : this.#random.between(0, audio),
      );
    }
    this.#late.push(
      ...script.slice(cut).filter(() => this.#random.chance(0.7)),
    );
  }

  /** What the service says of a reply, in its order. */
  #reply(): { audio: number; script: (() => void)[] } {
    const random = this.#random;
    const id = `resp_${(this.#count += 1)}`;
    const items: Item[] = [];
    const begin = (): void => {
      this.#generations.set(id, this.#assistant.generation);
      this.#assistant.beginReply(responseOf(id, "in_progress", []), false);
    };
    const spoken = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => {
      const item: Item = {
        id: `item_${(this.#count += 1)}`,
        responseId: id,
        sentMs: 0,
      };
      items.push(item);
      const deltas = Array.from({ length: random.between(1, 12) }, () =>
        random.between(1, 200 * PER_MS),
      );
      return [
        ...deltas.map((samples) => () => this.#delta(item, samples)),
        () => this.#assistant.audioDone(locatorOf(item)),
      ];
    });
    const end = (): void =>
      void this.#assistant.responseDone(responseOf(id, "completed", items));
    return {
      audio: random.between(10, 150),
      script: [begin, ...spoken.flat(), end],
    };
  }

  #delta(item: Item, samples: number): void {
    const { id, responseId } = item;
    this.#items.set(id, item);
    item.sentMs += samples / PER_MS;
    const isTaken = this.#assistant.audio(
      { type: "response.audio.delta", ...locatorOf(item) },
      Buffer.alloc(samples * 2),
    );
    assert.equal(isTaken, this.#isPresent(responseId));
    if (isTaken && !this.#present.includes(item)) this.#present.push(item);
  }

  #isPresent(responseId: string): boolean {
    return this.#generations.get(responseId) === this.#assistant.generation;
  }

  #hear({ position, durationMs }: OutletChunk): void {
    assert.ok(
      this.#isPresent(position.responseId),
      `${position.responseId} was interrupted and is silent`,
    );
    this.#speaker.take(position.itemId, durationMs);
  }

  #interrupt(): void {
    this.#checkTold();
    const present = this.#present.splice(0).map((item) => ({
      item,
      sentMs: item.sentMs,
      playedMs: this.#speaker.playedMs(item.id),
    }));
    const { isKnown } = this.#speaker;
    this.#assistant.interrupt(this.#random.pick(["user", "flow"]), true);
    const told = new Map(this.#told.map((event) => [itemOf(event), event]));
    this.#checkTold();
    const toleranceMs = this.#reports === "none" ? CHUNK_MS : 20;
    if (this.#reports !== "none" && !isKnown) return;
    for (const { item, sentMs, playedMs } of present) {
      const toldMs = positionIn(told.get(item.id), sentMs);
      this.measured++;
      assert.ok(
        Math.abs(toldMs - playedMs) <= toleranceMs,
        `${item.id}: ${toldMs} ms were told, ${playedMs} of ${sentMs} ms heard`,
      );
    }
  }

  /** What the service would refuse. */
  #checkTold(): void {
    for (const event of this.#told.splice(0)) {
      const itemId = itemOf(event);
      const item = this.#items.get(itemId);
      assert.ok(!this.#deleted.has(itemId), `${itemId} is there`);
      if (event.type === "conversation.item.delete") this.#deleted.add(itemId);
      if (event.type !== "conversation.item.truncate") continue;
      const { audio_end_ms: endMs } = event;
      assert.ok(
        item && Number.isInteger(endMs) && endMs > 0 && endMs <= item.sentMs,
        `${endMs} of ${item?.sentMs} ms`,
      );
      this.truncates++;
    }
  }

  #report(): void {
    const position = this.#speaker.position();
    if (this.#reports === "timely") {
      if (!position) return;
      const sentAt = performance.now();
      this.#clock.setTimeout(
        () => {
          this.#assistant.reportPlayed(position.itemId, position.playedMs);
          this.#speaker.told(position, performance.now() - sentAt);
        },
        this.#random.between(0, TIMELY_MS),
      );
      return;
    }
    if (this.#random.chance(0.5)) return;
    const itemId = this.#random.pick([
      position?.itemId,
      position?.itemId,
      undefined,
      "item_1",
      `item_${this.#count}`,
      "nonsense",
    ]);
    const playedMs = this.#random.pick([
      position?.playedMs ?? 0,
      this.#random.between(0, 5_000),
      1e9,
      0,
    ]);
    this.#clock.setTimeout(
      () => this.#assistant.reportPlayed(itemId, playedMs),
      this.#random.between(0, 800),
    );
  }

  /** Now and then everything is late, because the process had something else to do. */
  #pass(ms: number): void {
    if (this.#random.chance(0.05)) this.#clock.jump(ms);
    else this.#clock.tick(ms);
  }
}

function responseOf(
  id: string,
  status: "in_progress" | "completed",
  items: readonly Item[],
): VoiceLiveResponse {
  const output = items.map((item) => ({
    id: item.id,
    type: "message" as const,
    role: "assistant" as const,
    status: "completed" as const,
    content: [{ type: "audio" as const, transcript: "" }],
  }));
  return { id, object: "realtime.response", status, output };
}

/** Where a piece of an item belongs on the wire. */
function locatorOf({ id, responseId }: Item) {
  return {
    response_id: responseId,
    item_id: id,
    output_index: 0,
    content_index: 0,
  };
}

function itemOf(event: ClientEvent): string {
  assert.ok(
    event.type === "conversation.item.truncate" ||
      event.type === "conversation.item.delete",
    event.type,
  );
  return event.item_id;
}

/** What the service was told of an item: nothing means that all of it was heard. */
function positionIn(event: ClientEvent | undefined, sentMs: number): number {
  if (!event) return sentMs;
  return event.type === "conversation.item.truncate" ? event.audio_end_ms : 0;
}
