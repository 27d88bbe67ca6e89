/** Records a seeded conversation in real time until it is killed. argv: folder, seed. */
import type { AudioTap, Conversation } from "../../lib/client";
import { RecordingFolder } from "../../lib/recorder";
import { HORIZON_MS, Recording } from "../../lib/recorder/recording";
import { Random } from "../support/random";

const [, , folder = "", seed = ""] = process.argv;
const FORMAT = { encoding: "signed-integer", sampleRate: 24_000 } as const;
const STEP_MS = 20;
const random = new Random(Number(seed));

let tap: AudioTap | undefined;
const conversation: Pick<Conversation, "key" | "addTap"> = {
  key: "caller",
  addTap(added) {
    tap = added;
    return () => (tap = undefined);
  },
};
const recording = new Recording(conversation, {
  folder: new RecordingFolder(folder, {
    maxRecordings: 1,
    maxBytes: 1e9,
    whenFull: "stop",
  }),
  what: "both",
  maxMs: 600_000,
  onFault: (fault) => {
    throw fault;
  },
});

const startedAt = performance.now();
let step = 0;
setInterval(() => {
  const fromMs = step * STEP_MS;
  tap?.received("item", random.noise(STEP_MS * 24, 0.5), FORMAT, fromMs);
  tap?.released("item", fromMs, STEP_MS, startedAt + fromMs);
  step++;
  const now = startedAt + step * STEP_MS + HORIZON_MS;
  recording.transcript({
    who: "user",
    text: `word ${step}`,
    isFinal: true,
    itemId: `u${step}`,
  });
  recording.advance(now);
}, 1);
