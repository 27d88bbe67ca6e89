import { expectAudio, type BenchCase } from "./measure";
import { runAlone } from "./report";

const DELTA_MS = 100;

/** Socket to flow: one delta parsed, decoded and handed out. */
export const deltaCases: readonly BenchCase[] = [
  {
    label: `delta ${DELTA_MS} ms (${48 * DELTA_MS} bytes)`,
    script: {
      appendsPerAck: 1,
      deltasPerReply: 1,
      deltasPerAck: 0,
      deltaMs: DELTA_MS,
    },
    units: 4_000,
    async work(session, signals, units) {
      const done = signals.next("response.done");
      await session.respond();
      await done;
      expectAudio(signals, units * DELTA_MS);
    },
  },
];

if (require.main === module) void runAlone(deltaCases);
