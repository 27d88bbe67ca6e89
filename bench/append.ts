import type { BenchCase } from "./measure";
import { runAlone } from "./report";

/** As many frames of 100 ms as a socket takes before it counts as behind. */
const APPENDS_PER_ACK = 8;

/** Microphone to socket: one frame framed, encoded and sent. */
export const appendCases: readonly BenchCase[] = [20, 40, 100].map(
  (frameMs) => ({
    label: `append ${frameMs} ms (${48 * frameMs} bytes)`,
    script: {
      appendsPerAck: APPENDS_PER_ACK,
      deltasPerReply: 0,
      deltasPerAck: 0,
      deltaMs: 100,
    },
    units: 4_000,
    async work(session, signals, units) {
      const frame = Buffer.alloc(48 * frameMs, 0x5a);
      for (let sent = 0; sent < units; sent += APPENDS_PER_ACK) {
        const acknowledged = signals.next("input_audio_buffer.cleared");
        for (let i = 0; i < APPENDS_PER_ACK; i++) await session.append(frame);
        await acknowledged;
      }
    },
  }),
);

if (require.main === module) void runAlone(appendCases);
