import assert from "node:assert/strict";
import type { MonoFormat } from "../../lib/audio";
import { AudioOutlet } from "../../lib/client/audio-outlet";
import type { AudioPosition } from "../../lib/client/playback-clock";
import { randomFrom } from "../audio/signals";
import { stopClock, type StoppedClock } from "./clock";

const FORMAT: MonoFormat = { encoding: "signed-integer", sampleRate: 24_000 };
const ITEM: AudioPosition = {
  responseId: "r1",
  itemId: "i1",
  contentIndex: 0,
};
const SEED = 20_261_121;
const TEN_MINUTES_MS = 600_000;

/** A loudspeaker with a queue: plays in real time from the first chunk on, and notices when it has nothing to play. */
class Speaker {
  #playingSince: number | undefined;
  #gotMs = 0;
  gaps = 0;
  longestQueueMs = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Audio that it holds, ms. */
  get queueMs(): number {
    if (this.#playingSince === undefined) return 0;
    return this.#playingSince + this.#gotMs - this.#now();
  }

  take(durationMs: number): void {
    this.#playingSince ??= this.#now();
    if (this.queueMs < -0.5) {
      this.gaps++;
      this.#playingSince = this.#now() - this.#gotMs;
    }
    this.#gotMs += durationMs;
    this.longestQueueMs = Math.max(this.longestQueueMs, this.queueMs);
  }
}

describe("Paced output", () => {
  let clock: StoppedClock;
  let speaker: Speaker;
  let sent: { at: number; startMs: number; durationMs: number }[];
  let outlet: AudioOutlet;

  beforeEach(() => {
    clock = stopClock();
    speaker = new Speaker(() => performance.now());
    sent = [];
    outlet = outletWith(200);
  });
  afterEach(() => {
    outlet.close();
    clock.uninstall();
  });

  function outletWith(leadMs: number): AudioOutlet {
    return new AudioOutlet(
      { mode: "paced", leadMs, chunkMs: 40, sampleRate: 24_000 },
      {
        audio: ({ startMs, durationMs }) => {
          speaker.take(durationMs);
          sent.push({ at: performance.now(), startMs, durationMs });
        },
        playback: () => undefined,
        released: () => undefined,
      },
    );
  }

  function deliver(ms: number): void {
    outlet.push(ITEM, Buffer.alloc(ms * 48, 1), FORMAT);
  }

  it("keeps a device's lead within 100 and 300 ms while a reply of 60 s is delivered in 5 s", () => {
    for (let delivered = 0; delivered < 600; delivered++) {
      clock.setTimeout(() => deliver(100), (delivered * 5_000) / 600);
    }
    clock.setTimeout(() => outlet.finishReply("r1"), 5_001);
    clock.tick(100);
    for (let now = 100; now < 59_700; now += 7) {
      clock.tick(7);
      const lead = speaker.queueMs;
      assert.ok(lead >= 100 && lead <= 300, `lead of ${lead} ms at ${now} ms`);
    }
    clock.tick(1_000);
    assert.equal(
      sent.reduce((sum, { durationMs }) => sum + durationMs, 0),
      60_000,
    );
    assert.equal(speaker.gaps, 0);
  });

  it("drifts by less than 20 ms in 10 minutes, although every timer is late", () => {
    const random = randomFrom(SEED);
    for (let at = 0; at < TEN_MINUTES_MS; at += 1_000) {
      clock.setTimeout(() => deliver(1_000), at / 2);
    }
    // A busy machine: time goes on in uneven steps.
    while (performance.now() < TEN_MINUTES_MS - 2_000) {
      clock.tick(1 + Math.floor(random() * 30));
    }
    const last = sent.at(-1);
    assert.ok(last);
    const ideal = last.startMs + last.durationMs - 200;
    const driftMs = last.at - ideal;
    assert.ok(driftMs >= 0 && driftMs < 20, `drift of ${driftMs} ms`);
    assert.equal(speaker.gaps, 0);
  });

  it("never runs dry in 10 minutes with deliveries up to 150 ms late", () => {
    const random = randomFrom(SEED);
    let arrival = 0;
    for (let at = 0; at < TEN_MINUTES_MS; at += 40) {
      // Deliveries keep their order, as on one socket.
      arrival = Math.max(arrival, at + random() * 150);
      clock.setTimeout(() => deliver(40), arrival);
    }
    clock.setTimeout(() => outlet.finishReply("r1"), TEN_MINUTES_MS + 200);
    clock.tick(TEN_MINUTES_MS + 1_000);
    assert.equal(outlet.underruns, 0, `seed ${SEED}`);
    assert.equal(speaker.gaps, 0, `seed ${SEED}`);
  });

  it("counts an underrun when a delivery is later than the lead", () => {
    deliver(400);
    clock.tick(600);
    deliver(400);
    clock.tick(600);
    outlet.finishReply("r1");
    clock.tick(1_000);
    assert.equal(outlet.underruns, 1);
  });

  it("never gives a device with a queue of 2.4 s more than it can hold", () => {
    const random = randomFrom(SEED);
    outlet = outletWith(2_000);
    for (let burst = 0; burst < 100; burst++) {
      deliver(Math.ceil(random() * 80) * 25);
      clock.tick(Math.floor(random() * 900));
      assert.ok(
        speaker.queueMs <= 2_400,
        `${speaker.queueMs} ms in burst ${burst}`,
      );
    }
    assert.ok(speaker.longestQueueMs > 1_900);
    assert.ok(speaker.longestQueueMs <= 2_400);
  });

  it("lets a short whole reply go at once, without waiting for the cushion", () => {
    deliver(120);
    outlet.finishItem(ITEM);
    outlet.finishReply("r1");
    assert.equal(
      sent.reduce((sum, { durationMs }) => sum + durationMs, 0),
      120,
    );
    assert.equal(sent[0]?.at, 0);
  });

  it("waits for its cushion no longer than the cushion would play", () => {
    deliver(80);
    assert.equal(sent.length, 0);
    clock.tick(199);
    assert.equal(sent.length, 0);
    clock.tick(1);
    assert.equal(sent.length, 2);
  });
});
