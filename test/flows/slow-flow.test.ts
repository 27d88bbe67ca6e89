import assert from "node:assert/strict";
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { OutletChunk } from "../../lib/client/audio-outlet";
import type { LifeEvent } from "../../lib/client/conversation-events";
import type { ConversationHub } from "../../lib/client/conversation-hub";
import { hubOn } from "../support/room-hub";

const COMMAND = path.join(
  __dirname,
  "..",
  "..",
  "lib",
  "simulator",
  "command.js",
);
const BLOCKED_MS = 10_000;
const LEAD_MS = 200;
const CHUNK_MS = 40;

/** Stands still as a function node with an endless loop does: nothing else of the process runs. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe("a node behind audio out that blocks the process for 10 s", function () {
  this.timeout(90_000);
  let service: ChildProcessWithoutNullStreams;
  let hub: ConversationHub;
  let life: LifeEvent[];
  let faults: string[];
  let chunks: { readonly at: number; readonly chunk: OutletChunk }[];
  let onChunk: () => void;

  /** The service is a process of its own: it goes on sending. */
  beforeEach(async () => {
    service = spawn(process.execPath, [COMMAND]);
    const [line] = (await once(service.stdout, "data")) as [Buffer];
    const url = line.toString().replace("listening on ", "").trim();
    [life, faults, chunks] = [[], [], []];
    onChunk = () => undefined;
    hub = hubOn({ url });
    hub.on("life", (_conversation, event) => life.push(event));
    hub.on("fault", (_conversation, { code }) => faults.push(code));
    hub.addOutlet({
      options: {
        mode: "paced",
        leadMs: LEAD_MS,
        chunkMs: CHUNK_MS,
        sampleRate: 24_000,
      },
      audio: (_conversation, chunk) => {
        chunks.push({ at: performance.now(), chunk });
        onChunk();
      },
      playback: () => undefined,
    });
    hub.open("caller").connect();
    await told("ready");
  });
  afterEach(async () => {
    hub.close();
    const closed = once(service, "close");
    service.kill("SIGTERM");
    await closed;
  });

  async function told(kind: LifeEvent["kind"], count = 1): Promise<LifeEvent> {
    const found = (): LifeEvent | undefined =>
      life.filter((event) => event.kind === kind)[count - 1];
    while (!found()) await once(hub, "life");
    return found() as LifeEvent;
  }

  /** About two seconds of speech for every ten words. */
  function say(words: number): void {
    hub.open("caller").sayExactly("word ".repeat(words).trim());
  }

  async function heardMs(ms: number): Promise<void> {
    const sum = (): number =>
      chunks.reduce((total, { chunk }) => total + chunk.durationMs, 0);
    while (sum() < ms)
      await new Promise((resolve) => (onChunk = () => resolve(undefined)));
    onChunk = () => undefined;
  }

  it("loses neither audio nor the session, floods nothing afterwards, and is counted", async () => {
    say(60);
    await heardMs(600);
    const before = chunks.length;
    block(BLOCKED_MS);
    const since = performance.now();
    await heardMs(600 + 3_000);
    const after = chunks.slice(before);
    let ms = 0;
    for (const { at, chunk } of after) {
      ms += chunk.durationMs;
      assert.ok(ms <= at - since + LEAD_MS + 2 * CHUNK_MS, `${ms} ms`);
    }
    let position = 0;
    for (const { chunk } of chunks) {
      assert.ok(Math.abs(chunk.startMs - position) < 1, "no gap");
      position = chunk.startMs + chunk.durationMs;
    }
    hub.open("caller").interrupt();
    const { payload } = await told("turn");
    assert.ok(Number(payload["underruns"]) >= 1);
    chunks.length = 0;
    say(2);
    await heardMs(200);
    assert.equal((await told("turn", 2)).payload["status"], "completed");
    assert.deepEqual(faults, []);
    assert.equal(life.filter(({ kind }) => kind === "ready").length, 1);
    assert.equal(life.filter(({ kind }) => kind === "closed").length, 0);
  });
});
