import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { AudioFormat, MonoFormat } from "../../lib/audio";
import type { AudioTap } from "../../lib/client/audio-tap";
import type { AudioSource, AudioWire } from "../../lib/client/short-way";
import { UserAudio } from "../../lib/client/user-audio";
import { Random } from "../support/random";
import { stopClock, type StoppedClock } from "./clock";

const FORMAT: MonoFormat = { encoding: "signed-integer", sampleRate: 24_000 };
const MIC: AudioFormat = { ...FORMAT, channels: 1 };
/** The same, as another node would tell it. */
const ALIKE: AudioFormat = { ...MIC };
const SLOWER: AudioFormat = { ...MIC, sampleRate: 16_000 };
const FULL = 64 * 1024;
const shown = (audio: Buffer): string =>
  `${audio.length} bytes ${createHash("sha1").update(audio).digest("hex")}`;
const NOTHING = (): void => undefined;

/** A microphone's way to the service, and all that can be seen of it. */
class Line {
  readonly seen: string[] = [];
  readonly user: UserAudio;
  readonly #isShort: boolean;
  /** Frames that came without the long way. */
  shortcuts = 0;
  readonly #fullWires = new Set<number>();
  readonly #sources = new Map<number, AudioSource>();

  /** @param isShort - the short way is asked first, as a conversation does */
  constructor(isShort: boolean, hasTurnDetection: boolean) {
    this.#isShort = isShort;
    this.user = new UserAudio({
      format: FORMAT,
      commit: () => this.seen.push("commit"),
      respond: () => this.seen.push("respond"),
      hasTurnDetection: () => hasTurnDetection,
      onDropping: (isDropping) => this.seen.push(`dropping ${isDropping}`),
      onEndlessTurn: () => this.seen.push("endless"),
    });
  }

  wire(name: number): AudioWire {
    const fullWires = this.#fullWires;
    const sources = this.#sources;
    return {
      get bufferedBytes() {
        return fullWires.has(name) ? FULL : 0;
      },
      set source(source: AudioSource | undefined) {
        if (source) sources.set(name, source);
        else sources.delete(name);
      },
      sendAudio: (frame) => this.seen.push(`${name}: ${shown(frame)}`),
    };
  }

  setFull(name: number, isFull: boolean): void {
    if (!isFull) return void this.#fullWires.delete(name);
    this.#fullWires.add(name);
    this.#sources.get(name)?.wireIsFull();
  }

  hear(audio: Buffer, format: AudioFormat, chunkMs: number | undefined): void {
    const { shortWay } = this.user;
    if (this.#isShort && shortWay.send(audio, format, chunkMs))
      this.shortcuts++;
    else this.user.append(audio, format, chunkMs);
  }

  tap(): () => void {
    const tap: AudioTap = {
      spoken: (audio) => this.seen.push(`tap: ${shown(audio)}`),
      received: NOTHING,
      finished: NOTHING,
      released: NOTHING,
      shift: NOTHING,
      stop: NOTHING,
    };
    return this.user.addTap(tap);
  }
}

describe("the short way of a frame", () => {
  let clock: StoppedClock;
  beforeEach(() => (clock = stopClock()));
  afterEach(() => clock.uninstall());

  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
    it(`leads where the long one leads, whatever happens between frames, seed ${seed}`, () => {
      const random = new Random(seed);
      const lines = [true, false].map(
        (isShort) => new Line(isShort, seed % 2 === 0),
      ) as [Line, Line];
      const both = (act: (line: Line) => void): void => lines.forEach(act);
      const state = { session: 0, removeTaps: [] as (() => void)[] };
      const events: readonly (() => void)[] = [
        () => {
          const name = ++state.session;
          both((line) => line.user.sessionReady(line.wire(name)));
        },
        () => both(({ user }) => user.sessionLost()),
        () => {
          const name = ++state.session;
          both(({ user }) => user.keepForNext(true));
          speak(3);
          both((line) => line.user.handOver(line.wire(name)));
          both(({ user }) => user.keepForNext(false));
        },
        () => both((line) => line.setFull(state.session, true)),
        () => {
          both((line) => line.setFull(state.session, false));
          both(({ user }) => user.drain());
        },
        // What is held waits for the word that there is room.
        () => both((line) => line.setFull(state.session, false)),
        () => {
          both(({ user }) => user.speechStarted());
          speak(2);
          both((line) => line.setFull(state.session, true));
          clock.tick(500);
          both((line) => line.setFull(state.session, false));
        },
        () => both(({ user }) => user.mute()),
        () => both(({ user }) => user.unmute()),
        () => both(({ user }) => user.commit()),
        () => both(({ user }) => user.endOfSpeech("nothing")),
        () => both(({ user }) => user.endOfSpeech("respond")),
        () => both(({ user }) => user.clear()),
        () => both(({ user }) => user.speechStarted()),
        () => both(({ user }) => user.speechStopped()),
        () => state.removeTaps.push(...lines.map((line) => line.tap())),
        () => state.removeTaps.splice(0).forEach((remove) => remove()),
        () => clock.tick(random.between(0, 1_000)),
        () => speakOf(random.between(0, 3_000), MIC, undefined),
        () => speakOf(1_920, SLOWER, undefined),
        // Without a whole sample, and what makes it one.
        () => speakOf(1, MIC, undefined),
        () => speakOf(1_919, MIC, undefined),
        () => speakOf(960, MIC, 20),
        () => speakOf(1_920, MIC, 40),
        () => speakOf(1_920, ALIKE, 40),
      ];
      function allWell(): void {
        state.removeTaps.splice(0).forEach((remove) => remove());
        const name = ++state.session;
        both(({ user }) => user.unmute());
        both((line) => line.user.sessionReady(line.wire(name)));
        // What waited follows in its own time.
        clock.tick(10_000);
        speak(8);
      }
      function speakOf(
        bytes: number,
        format: AudioFormat,
        chunkMs: number | undefined,
      ): void {
        const audio = random
          .noise(Math.ceil(bytes / 2), 0.5)
          .subarray(0, bytes);
        both((line) => line.hear(audio, format, chunkMs));
        clock.tick(40);
      }
      function speak(frames: number): void {
        for (let index = 0; index < frames; index++)
          speakOf(1_920, MIC, undefined);
      }
      both((line) => line.user.sessionReady(line.wire(0)));
      both(({ user }) => user.append(Buffer.alloc(0), MIC, 40));
      for (let step = 0; step < 1_500; step++) {
        if (random.chance(0.2)) allWell();
        else random.pick(events)();
        speak(random.between(0, 4));
        const [short, long] = lines;
        assert.deepEqual(short.seen, long.seen);
        both(({ seen }) => (seen.length = 0));
        assert.deepEqual(
          [short.user.droppedMs, short.user.isTurnOpen],
          [long.user.droppedMs, long.user.isTurnOpen],
        );
      }
      both(({ user }) => user.close());
      assert.ok(lines[0].shortcuts > 300, `${lines[0].shortcuts}`);
    });
});
