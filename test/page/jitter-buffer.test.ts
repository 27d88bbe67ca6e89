import assert from "node:assert/strict";
import { JitterBuffer, type Played } from "../../page/audio/jitter-buffer";
import { seeded } from "../support/random";

const OUTPUT_RATE = 48_000;
const RATE = 24_000;
const QUANTUM = 128;
const QUANTUM_MS = (QUANTUM * 1_000) / OUTPUT_RATE;
const FRAME = 960;
const FRAME_MS = 40;

/** Samples that tell where they come from. */
function ramp(from: number, length: number): Int16Array {
  return Int16Array.from(
    { length },
    (_, index) => 8_000 * Math.sin((from + index) / 15),
  );
}

class Loudspeaker {
  readonly buffer = new JitterBuffer(OUTPUT_RATE);
  readonly heard: number[] = [];
  readonly reports: Played[] = [];
  nowMs = 0;

  /** One render quantum; @returns its samples */
  pull(): Float32Array {
    const out = new Float32Array(QUANTUM).fill(9);
    this.buffer.pull(out);
    this.reports.push(...this.buffer.takeReports());
    this.nowMs += QUANTUM_MS;
    return out;
  }

  play(ms: number): void {
    for (const until = this.nowMs + ms; this.nowMs < until;)
      this.heard.push(...this.pull());
  }

  /** Pulls until every report of a stream's end is there. */
  finish(stream: number): Played {
    for (;;) {
      const end = this.reports.find(
        (report) => report.stream === stream && report.ended,
      );
      if (end) return end;
      this.heard.push(...this.pull());
    }
  }
}

function isSilent(samples: Float32Array): boolean {
  return samples.every((sample) => sample === 0);
}

describe("JitterBuffer", () => {
  let speaker: Loudspeaker;
  beforeEach(() => {
    speaker = new Loudspeaker();
  });

  it("waits for 140 ms, then plays", () => {
    const { buffer } = speaker;
    buffer.begin(1, RATE);
    for (let frame = 0; frame < 3; frame += 1)
      buffer.push(1, ramp(frame * FRAME, FRAME));
    assert.ok(isSilent(speaker.pull()));
    buffer.push(1, ramp(3 * FRAME, FRAME));
    assert.ok(!isSilent(speaker.pull()));
  });

  it("does not wait for more than comes: a reply shorter than that is heard when its end is told, or after the same time", () => {
    const { buffer } = speaker;
    buffer.begin(1, RATE);
    buffer.push(1, ramp(0, FRAME));
    buffer.end(1);
    assert.ok(!isSilent(speaker.pull()));
    speaker = new Loudspeaker();
    speaker.buffer.begin(1, RATE);
    speaker.buffer.push(1, ramp(0, FRAME));
    speaker.play(139);
    assert.ok(speaker.heard.every((sample) => sample === 0));
    speaker.play(5);
    assert.ok(speaker.heard.some((sample) => sample !== 0));
  });

  it("plays every sample and counts each once, at the stream's rate", () => {
    const { buffer } = speaker;
    buffer.begin(1, RATE);
    buffer.push(1, ramp(0, 30 * FRAME + 7));
    buffer.end(1);
    assert.deepEqual(speaker.finish(1), {
      stream: 1,
      samples: 30 * FRAME + 7,
      ended: true,
    });
    const counts = speaker.reports.map(({ samples }) => samples);
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.ok(counts.length >= 28, "a report for each 40 ms");
    const sounding = speaker.heard.findLastIndex((sample) => sample !== 0) + 1;
    assert.ok(Math.abs(sounding - 2 * (30 * FRAME + 7)) <= QUANTUM);
  });

  it("plays one stream after the other without a pause between them", () => {
    const { buffer } = speaker;
    buffer.begin(1, RATE);
    buffer.push(1, ramp(0, 2 * FRAME));
    buffer.begin(2, RATE);
    buffer.push(2, ramp(2 * FRAME, 5 * FRAME));
    buffer.end(2);
    speaker.finish(2);
    const shouldBe = ramp(0, 7 * FRAME);
    for (let index = 100; index < 6 * FRAME; index += 1)
      assert.ok(
        Math.abs(speaker.heard[2 * index]! - shouldBe[index]! / 32_768) < 0.01,
        `sample ${index}`,
      );
  });

  it("is silent from the end of the next quantum after a flush, and tells what was heard by then", () => {
    const { buffer } = speaker;
    buffer.begin(1, RATE);
    buffer.push(1, ramp(0, 100 * FRAME));
    buffer.begin(2, RATE);
    buffer.push(2, ramp(0, FRAME));
    speaker.play(500);
    const before = speaker.heard.length;
    buffer.flush();
    const fading = speaker.pull();
    assert.ok(!isSilent(fading));
    assert.ok(Math.abs(fading.at(-1)!) < 1e-6);
    for (let quantum = 0; quantum < 50; quantum += 1)
      assert.ok(isSilent(speaker.pull()));
    const ends = speaker.reports.filter(({ ended }) => ended);
    assert.deepEqual(
      ends.map(({ stream }) => stream),
      [1, 2],
    );
    assert.equal(ends[0]!.samples, (before + QUANTUM) / 2);
    assert.equal(ends[1]!.samples, 0);
  });

  it("ignores what comes late for a flushed stream and plays what is new", () => {
    const { buffer } = speaker;
    buffer.begin(1, RATE);
    buffer.push(1, ramp(0, 10 * FRAME));
    speaker.play(20);
    buffer.flush();
    buffer.begin(2, RATE);
    buffer.push(1, ramp(0, 10 * FRAME));
    speaker.play(20);
    assert.equal(buffer.queuedMs, 0);
    buffer.push(2, ramp(0, 10 * FRAME));
    assert.ok(!isSilent(speaker.pull()));
  });

  it("waits longer after a gap, and less again after streams without one", () => {
    const { buffer } = speaker;
    buffer.begin(1, RATE);
    buffer.push(1, ramp(0, 4 * FRAME));
    speaker.play(400);
    assert.equal(buffer.gaps, 0, "perhaps it is just over");
    buffer.push(1, ramp(4 * FRAME, FRAME));
    assert.equal(buffer.gaps, 1);
    assert.equal(buffer.startMs, 200);
    buffer.end(1);
    speaker.finish(1);
    for (const stream of [2, 3, 4, 5]) {
      buffer.begin(stream, RATE);
      buffer.push(stream, ramp(0, FRAME));
      buffer.end(stream);
      speaker.finish(stream);
    }
    assert.equal(buffer.startMs, 140);
  });

  it("holds 130 s and counts what it refuses", () => {
    const { buffer } = speaker;
    buffer.begin(1, RATE);
    for (let second = 0; second < 140; second += 1)
      buffer.push(1, new Int16Array(RATE));
    assert.equal(buffer.queuedMs, 130_000);
    assert.equal(buffer.refusedMs, 10_000);
  });

  // Ten minutes where no sample has to be computed, one where each costs what it costs in the browser.
  for (const [minutes, outputRate, rate] of [
    [10, 24_000, 24_000],
    [1, 44_100, 24_000],
    [1, 48_000, 16_000],
  ] as const) {
    it(`has no gap and does not grow in ${minutes} minutes with 0–100 ms of jitter, ${rate} Hz on ${outputRate} Hz`, function () {
      this.timeout(60_000);
      return seeded(7, (random) => {
        const buffer = new JitterBuffer(outputRate);
        const out = new Float32Array(QUANTUM);
        const frame = new Int16Array((rate * FRAME_MS) / 1_000);
        let arrivesMs = 0;
        let most = 0;
        let sent = 0;
        let stream = 0;
        let nowMs = 0;
        const played = new Map<number, number>();
        while (nowMs < minutes * 60_000) {
          // Replies of 8 s with 2 s between them, one frame each 40 ms; TCP keeps their order.
          const inTurn = (sent * FRAME_MS) % 8_000 === 0;
          const plannedMs =
            sent * FRAME_MS + Math.floor((sent * FRAME_MS) / 8_000) * 2_000;
          if (arrivesMs < plannedMs)
            arrivesMs = Math.max(arrivesMs, plannedMs + random.between(0, 100));
          while (nowMs < arrivesMs) {
            buffer.pull(out);
            nowMs += (QUANTUM * 1_000) / outputRate;
            most = Math.max(most, buffer.queuedMs);
            for (const report of buffer.takeReports())
              if (report.ended) played.set(report.stream, report.samples);
          }
          if (inTurn) {
            buffer.end(stream);
            stream += 1;
            buffer.begin(stream, rate);
          }
          buffer.push(stream, frame);
          sent += 1;
        }
        assert.equal(buffer.gaps, 0);
        assert.ok(most <= 260, `${most} ms were queued`);
        assert.ok(played.size >= 6 * minutes - 2);
        for (const samples of played.values()) assert.equal(samples, 8 * rate);
        return Promise.resolve();
      });
    });
  }
});
