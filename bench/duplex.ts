import { expectAudio, type BenchCase } from "./measure";
import { runAlone } from "./report";

const FRAME_MS = 40;
const FRAMES_PER_ACK = 5;
const DELTA_MS = 100;
const DELTAS_PER_ACK = 2;
const ACKS_PER_SECOND = 1_000 / (FRAMES_PER_ACK * FRAME_MS);

/** A second of conversation in which both sides talk, with words to the audio. */
export const duplexCases: readonly BenchCase[] = [
  {
    label: `duplex second (${1_000 / FRAME_MS} × ${FRAME_MS} ms up, ${1_000 / DELTA_MS} × ${DELTA_MS} ms down)`,
    script: {
      appendsPerAck: FRAMES_PER_ACK,
      deltasPerReply: 0,
      deltasPerAck: DELTAS_PER_ACK,
      deltaMs: DELTA_MS,
    },
    units: 200,
    async work(session, signals, units) {
      const frame = Buffer.alloc(48 * FRAME_MS, 0x5a);
      for (let ack = 0; ack < units * ACKS_PER_SECOND; ack++) {
        const acknowledged = signals.next("input_audio_buffer.cleared");
        for (let i = 0; i < FRAMES_PER_ACK; i++) await session.append(frame);
        await acknowledged;
      }
      expectAudio(signals, units * 1_000);
    },
  },
];

if (require.main === module) void runAlone(duplexCases);
