import type { Clock } from "@sinonjs/fake-timers";
import type {
  Outlet,
  ConversationHub,
} from "../../lib/client/conversation-hub";
import type { AudioFormat } from "../../lib/audio";
import { exchange } from "../flows/fake-time";
import type { Random } from "./random";

const RATE = 24_000;
const PER_MS = RATE / 1_000;
const CHUNK_MS = 40;
const FORMAT: AudioFormat = {
  encoding: "signed-integer",
  sampleRate: RATE,
  channels: 1,
};
/** −6 dB */
const ECHO_GAIN = 10 ** (-6 / 20);
const ECHO_DELAY_MS = 120;
/** A quiet room: about −65 dBFS. */
const NOISE_LEVEL = 0.001;

export interface RoomOptions {
  readonly clock: Clock;
  readonly hub: ConversationHub;
  readonly random: Random;
  /** Longest time the room is used, ms. */
  readonly lastsMs: number;
  /** The loudspeaker starts so much later than the first chunk comes, ms; default 0. */
  readonly speakerLagMs?: number;
  /** The loudspeaker tells how far it is, so often; 0, the default: never. */
  readonly reportEveryMs?: number;
}

/** A loudspeaker, a microphone that hears it, and someone who speaks now and then. All by sample, on the test's clock. */
export class Room {
  readonly #options: RoomOptions;
  readonly #startedAt: number;
  readonly #speaker: Int16Array;
  readonly #voice: Int16Array;
  /** Sample up to which the loudspeaker has something to play. */
  #queuedTo = 0;
  #reply: { id: string; sentMs: number } | undefined;
  #reportedAt = 0;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now;
    const samples = (options.lastsMs + 60_000) * PER_MS;
    this.#speaker = new Int16Array(samples);
    this.#voice = new Int16Array(samples);
    options.hub.addOutlet(this.#outlet());
  }

  /** What the loudspeaker has played from the start of the room on. */
  get speaker(): Int16Array {
    return this.#speaker.subarray(0, this.#now);
  }

  /** Someone begins to say this. @param pcm - mono PCM16 of 24 kHz */
  say(pcm: Buffer): void {
    for (let index = 0; index < pcm.length / 2; index++)
      this.#voice[this.#now + index] = pcm.readInt16LE(index * 2);
  }

  /** Time goes on, and the microphone sends what it hears. */
  async pass(ms: number): Promise<void> {
    const { clock, hub } = this.#options;
    for (let left = ms; left > 0; left -= CHUNK_MS) {
      clock.tick(CHUNK_MS);
      this.#report();
      hub.open("caller").appendAudio(this.#hear(), FORMAT);
      await exchange();
    }
  }

  get #now(): number {
    return Math.round((this.#options.clock.now - this.#startedAt) * PER_MS);
  }

  #hear(): Buffer {
    const samples = CHUNK_MS * PER_MS;
    const from = this.#now - samples;
    const pcm = this.#options.random.noise(samples, NOISE_LEVEL);
    for (let index = 0; index < samples; index++) {
      const at = from + index;
      const echo = this.#speaker[at - ECHO_DELAY_MS * PER_MS] ?? 0;
      const sound =
        pcm.readInt16LE(index * 2) + (this.#voice[at] ?? 0) + echo * ECHO_GAIN;
      pcm.writeInt16LE(
        Math.max(-32_768, Math.min(32_767, Math.round(sound))),
        index * 2,
      );
    }
    return pcm;
  }

  #outlet(): Outlet {
    return {
      options: {
        mode: "paced",
        leadMs: 200,
        chunkMs: 40,
        sampleRate: RATE,
      },
      audio: (_conversation, { pcm, position, durationMs }) => {
        this.#play(pcm);
        if (this.#reply?.id !== position.responseId)
          this.#reply = { id: position.responseId, sentMs: 0 };
        this.#reply.sentMs += durationMs;
      },
      playback: (_conversation, { event }) => {
        if (event === "flush") this.#silence();
      },
    };
  }

  #play(pcm: Buffer): void {
    const { speakerLagMs = 0 } = this.#options;
    if (this.#queuedTo < this.#now)
      this.#queuedTo = this.#now + speakerLagMs * PER_MS;
    for (let index = 0; index < pcm.length / 2; index++)
      this.#speaker[this.#queuedTo + index] = pcm.readInt16LE(index * 2);
    this.#queuedTo += pcm.length / 2;
  }

  #silence(): void {
    this.#speaker.fill(0, this.#now);
    this.#queuedTo = Math.min(this.#queuedTo, this.#now);
    this.#reply = undefined;
  }

  /** How much of the reply has sounded: what it was given without what it still holds. */
  #report(): void {
    const { clock, hub, reportEveryMs = 0 } = this.#options;
    if (reportEveryMs === 0 || !this.#reply) return;
    if (clock.now - this.#reportedAt < reportEveryMs) return;
    this.#reportedAt = clock.now;
    const heldMs = Math.max(0, this.#queuedTo - this.#now) / PER_MS;
    const playedMs = this.#reply.sentMs - heldMs;
    if (playedMs > 0) hub.open("caller").reportPlayed(undefined, playedMs);
  }
}
