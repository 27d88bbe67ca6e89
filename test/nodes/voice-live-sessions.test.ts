import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KEY, useNodeRed, type TestFlow } from "../support/flow";
import { later } from "../support/later";

interface Answer {
  readonly sessions: readonly {
    readonly id: string;
    readonly name: string;
    readonly conversations: readonly {
      readonly id: string;
      readonly key: string;
      readonly generation: number;
      readonly problem: string | null;
      readonly isRecorded: boolean;
      readonly look: { readonly status: string };
    }[];
  }[];
  readonly watched: {
    readonly changes: number;
    readonly lines: readonly { readonly who: string; readonly text: string }[];
  } | null;
}

describe("voice-live-sessions", () => {
  const nodeRed = useNodeRed();
  async function list(query = ""): Promise<Answer> {
    const { headers, text } = await nodeRed.admin.get(
      `/voice-live-sessions${query}`,
    );
    assert.equal(headers["cache-control"], "no-store");
    assert.ok(!text.includes(KEY));
    return JSON.parse(text) as Answer;
  }

  const conversations = async () =>
    (await list()).sessions.flatMap((session) => session.conversations);

  const onlyId = async (): Promise<string> =>
    (await conversations())[0]?.id ?? "";

  const act = (id: string, action: string, type = "application/json") =>
    nodeRed.admin
      .post(`/voice-live-sessions/${id}/${action}`)
      .set("content-type", type)
      .send("{}");

  async function deploy(session: object = {}): Promise<TestFlow> {
    return nodeRed.deploy({
      simulator: await nodeRed.simulator(),
      session: { name: "Reception", ...session },
      nodes: [
        { id: "in", type: "voice-live-audio-in" },
        { id: "text", type: "voice-live-message" },
        { id: "control", type: "voice-live-control" },
        { id: "out", type: "voice-live-audio-out" },
        { id: "interrupt", type: "voice-live-interrupt" },
        { id: "transcript", type: "voice-live-transcript" },
        { id: "event", type: "voice-live-event" },
      ],
    });
  }

  it("lists the live conversations of each session node", async () => {
    const flow = await deploy({ conversations: "keyed", key: "caller" });
    assert.deepEqual((await list()).sessions, [
      { id: "session", name: "Reception", conversations: [] },
    ]);
    for (const caller of ["anna", "ben"])
      await flow.accept("control", { caller, action: "connect" });
    await flow.until(
      "both sessions",
      () =>
        flow.from("event").filter(({ topic }) => topic === "ready").length ===
        2,
    );
    assert.deepEqual(
      (await conversations()).map(({ key, look, generation }) => [
        key,
        look.status,
        generation,
      ]),
      [
        ["anna", "ready", 0],
        ["ben", "ready", 0],
      ],
    );
    const ids = (await conversations()).map(({ id }) => id);
    assert.ok(
      ids.every((id) => /^c\d+$/.test(id)),
      "no key is in an address",
    );
  });

  it("tells what is said to who watches, from then on", async () => {
    const flow = await deploy();
    await flow.looks("text", "green dot ready");
    const id = await onlyId();
    assert.deepEqual((await list(`?watch=${id}&since=0`)).watched?.lines, []);
    await flow.accept("text", { payload: "Hello" });
    await flow.message("transcript");
    const { watched } = await list(`?watch=${id}&since=0`);
    assert.deepEqual(
      watched?.lines.map(({ who, text }) => [who, text]),
      [
        ["user", "Hello"],
        ["assistant", "Hello, nice to hear you."],
      ],
    );
    const rest = await list(`?watch=${id}&since=${watched?.changes}`);
    assert.deepEqual(rest.watched?.lines, []);
    assert.equal((await list("?watch=c0&since=x")).watched, null);
  });

  it("interrupts the assistant", async () => {
    const flow = await deploy();
    await flow.looks("text", "green dot ready");
    await flow.accept("text", { payload: "Tell me a story" });
    await flow.message("out");
    const id = await onlyId();
    assert.equal((await act(id, "interrupt")).status, 200);
    const { payload } = await flow.message("interrupt");
    assert.equal(payload.by, "flow");
    assert.equal((await conversations())[0]?.generation, 1);
  });

  for (const mode of ["one", "keyed"])
    it(`ends a conversation of a session that serves ${mode}, and the next input begins another`, async () => {
      const flow = await deploy({ conversations: mode, key: "caller" });
      await flow.accept("control", { caller: "anna", action: "connect" });
      await flow.message("event", "ready", ({ topic }) => topic === "ready");
      const id = await onlyId();
      assert.equal((await act(id, "end")).status, 200);
      await flow.message("event", "closed", ({ topic }) => topic === "closed");
      assert.deepEqual(await conversations(), []);
      assert.equal((await act(id, "end")).status, 410);
      await flow.accept("text", { caller: "anna", payload: "Hello." });
      await flow.message("out");
    });

  it("keeps a microphone that is still open from beginning anew what was ended, until somebody means it", async () => {
    const flow = await deploy({ conversations: "keyed", key: "caller" });
    const sound = { caller: "anna", payload: Buffer.alloc(1_920) };
    await flow.accept("in", sound);
    await flow.message("event", "ready", ({ topic }) => topic === "ready");
    assert.equal((await act(await onlyId(), "end")).status, 200);
    const { payload } = await flow.message(
      "event",
      "closed",
      ({ topic }) => topic === "closed",
    );
    assert.equal(payload.reason, "operator");
    const fault = await flow.refuse("in", sound);
    assert.equal(fault.code, "VOICE_LIVE_NOT_CONNECTED");
    assert.match(fault.message, /ended in the editor.*Pause for 10 seconds or/);
    assert.deepEqual(await conversations(), []);
    await flow.accept("text", { caller: "anna", payload: "Hello." });
    await flow.accept("in", sound);
    await flow.message("out");
  });

  it("lets sound begin anew after a pause, also where the flow has asked for the conversation meanwhile", async () => {
    const flow = await deploy();
    await flow.looks("text", "green dot ready");
    await act(await onlyId(), "end");
    await flow.accept("control", { action: "unmute" });
    const sound = { payload: Buffer.alloc(1_920) };
    await flow.refuse("in", sound);
    await later(10_000, () => flow.accept("in", sound));
    await flow.looks("text", "green dot ready");
  });

  it("says which conversations are recorded", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "sessions-"));
    try {
      const flow = await nodeRed.deploy({
        simulator: await nodeRed.simulator(),
        nodes: [
          { id: "text", type: "voice-live-message" },
          { id: "record", type: "voice-live-record", folder },
        ],
      });
      await flow.looks("text", "green dot ready");
      const recorded = async (): Promise<unknown> =>
        (await conversations()).map(({ isRecorded }) => isRecorded);
      assert.deepEqual(await recorded(), [false]);
      await flow.accept("record", { record: true });
      assert.deepEqual(await recorded(), [true]);
    } finally {
      await nodeRed.clear();
      rmSync(folder, { recursive: true });
    }
  });

  it("says why a conversation does not go on", async () => {
    await nodeRed.deploy({
      simulator: await nodeRed.simulator(),
      credentials: { apiKey: "wrong" },
      nodes: [{ id: "text", type: "voice-live-message" }],
    });
    const problem = async (): Promise<string | null | undefined> =>
      (await conversations())[0]?.problem;
    while (typeof (await problem()) !== "string")
      await new Promise((resolve) => setImmediate(resolve));
    assert.match((await problem()) ?? "", /key/i);
  });

  it("takes only JSON, which a foreign page cannot send unasked", async () => {
    const flow = await deploy();
    await flow.looks("text", "green dot ready");
    const id = await onlyId();
    assert.equal((await act(id, "end", "text/plain")).status, 415);
    assert.equal((await conversations()).length, 1);
  });

  it("knows no session of a flow that is gone", async () => {
    await deploy();
    assert.equal((await list()).sessions.length, 1);
    await nodeRed.clear();
    assert.deepEqual((await list()).sessions, []);
  });
});
