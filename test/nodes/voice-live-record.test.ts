import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { useNodeRed, type TestFlow } from "../support/flow";

describe("voice-live-record", () => {
  const nodeRed = useNodeRed();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "voice-live-record-"));
  });
  afterEach(async () => {
    await nodeRed.clear();
    rmSync(folder, { recursive: true });
  });

  async function deploy(
    config: object = {},
    session: object = {},
  ): Promise<TestFlow> {
    return nodeRed.deploy({
      simulator: await nodeRed.simulator(),
      session,
      nodes: [
        { id: "record", type: "voice-live-record", folder, ...config },
        { id: "text", type: "voice-live-message" },
        { id: "control", type: "voice-live-control" },
        { id: "out", type: "voice-live-audio-out", mode: "received" },
        { id: "transcript", type: "voice-live-transcript" },
      ],
    });
  }

  const found = (ending: string): string[] =>
    readdirSync(folder).filter((name) => name.endsWith(ending));

  it("records nothing unless it is told to", async () => {
    const flow = await deploy();
    await flow.looks("record", "green dot ready");
    await flow.accept("text", { payload: "Hello" });
    await flow.message("transcript");
    assert.deepEqual(readdirSync(folder), []);
  });

  it("records from a message on until another, and says so", async () => {
    const flow = await deploy();
    await flow.looks("record", "green dot ready");
    await flow.accept("record", { record: true });
    await flow.looks("record", "red dot recording");
    await flow.accept("text", { payload: "Hello" });
    await flow.message(
      "transcript",
      "the answer",
      ({ topic }) => topic === "assistant",
    );
    await flow.accept("record", { record: false });
    await flow.until("the state of the session", () =>
      /^(green|blue)/.test(flow.look("record")),
    );
    await nodeRed.clear();
    const [json = ""] = found(".json");
    assert.match(
      readFileSync(path.join(folder, json), "utf8"),
      /"who":"user".*"Hello"[^]*"who":"assistant".*Hello, nice to hear you\./,
    );
    assert.deepEqual([found(".wav").length, found(".vtt").length], [1, 1]);
  });

  it("records every conversation from its beginning where it is set to", async () => {
    const flow = await deploy(
      { active: true, what: "wav" },
      { conversations: "keyed", key: "caller" },
    );
    for (const caller of ["../anna", "ben"])
      await flow.accept("control", { caller, action: "connect" });
    await flow.looks("record", "red dot recording");
    // Closing waits until the files are complete.
    await nodeRed.clear();
    assert.deepEqual(
      new Set(found(".wav").map((name) => name.split("Z_")[1])),
      new Set(["___anna.wav", "ben.wav"]),
    );
  });

  for (const record of [undefined, "yes", 1])
    it(`refuses a message whose record is ${JSON.stringify(record)}`, async () => {
      const flow = await deploy();
      const { code, message } = await flow.refuse("record", { record });
      assert.equal(code, "VOICE_LIVE_PAYLOAD");
      assert.match(message, /msg\.record is .*true.*false/);
    });

  it("tells Catch and the status of a folder that is no good; the conversation goes on", async () => {
    const flow = await deploy({
      active: true,
      folder: "/dev/null/recordings",
    });
    const { error, voice } = await flow.fault("VOICE_LIVE_RECORDING");
    assert.match(error.message, /\/dev\/null\/recordings/);
    assert.equal(voice.conversation, "default");
    await flow.looks("record", "red ring fault.VOICE_LIVE_RECORDING");
    await flow.accept("text", { payload: "Hello" });
    await flow.message("transcript");
  });
});
