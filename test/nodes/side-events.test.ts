import assert from "node:assert/strict";
import type { ScriptStep, SimulatorOptions } from "../../lib/simulator";
import { type Message, type TestFlow, useNodeRed } from "../support/flow";

const KINDS = [
  "approval",
  "viseme",
  "blendshapes",
  "word",
  "annotation",
  "search",
  "mcp",
  "agent",
  "avatar",
  "rate_limits",
  "turn",
];
const SERVER = {
  type: "mcp",
  server_label: "docs",
  server_url: "https://mcp.example/docs",
};
const AVATAR = {
  modalities: ["text", "audio", "avatar"],
  avatar: { character: "lisa", customized: false },
};
const OFFER = "v=0\r\nm=video 9 RTP/AVP 96\r\na=mid:0\r\n";

describe("Events beside text and audio", () => {
  const nodeRed = useNodeRed();

  async function deploy(
    settings: object,
    steps?: readonly ScriptStep[],
    options: SimulatorOptions = {},
    session: object = {},
  ): Promise<TestFlow> {
    const script = steps && [{ when: {}, do: steps }];
    const simulator = await nodeRed.simulator({
      ...options,
      ...(script && { script }),
    });
    return nodeRed.deploy({
      simulator,
      session: { settings, ...session },
      nodes: [
        { id: "text", type: "voice-live-message" },
        { id: "control", type: "voice-live-control" },
        { id: "interrupt", type: "voice-live-interrupt" },
        { id: "transcript", type: "voice-live-transcript", who: "assistant" },
        { id: "event", type: "voice-live-event", kinds: KINDS },
        { id: "plain", type: "voice-live-event" },
      ],
    });
  }

  const ask = (flow: TestFlow, payload = "Search for otters."): Promise<void> =>
    flow.accept("text", { payload });
  const ended = (flow: TestFlow): Promise<Message> =>
    flow.message("event", "the end", ({ topic }) => topic === "turn");
  const ofKind = (flow: TestFlow, kind: string): readonly Message[] =>
    flow.from("event").filter(({ topic }) => topic === kind);
  const approval = (flow: TestFlow): Promise<Message> =>
    flow.message(
      "event",
      "the request for approval",
      ({ topic }) => topic === "approval",
    );
  const stages = (flow: TestFlow, kind: string): readonly unknown[] =>
    ofKind(flow, kind).map(({ payload }) => payload.stage);

  it("tell when each word sounds", async () => {
    const flow = await deploy(
      {
        voice: { type: "azure-standard", name: "en-US-AvaNeural" },
        output_audio_timestamp_types: ["word"],
      },
      [{ say: "Otters swim." }],
    );
    await ask(flow);
    await ended(flow);
    const words = ofKind(flow, "word");
    assert.deepEqual(
      words.map(({ payload }) => payload.text ?? payload.done),
      ["Otters", "swim.", true],
    );
    const [first, second] = words;
    assert.equal(first?.payload.offsetMs, 0);
    assert.ok(second?.payload.offsetMs > 0 && second?.payload.durationMs > 0);
    assert.ok(first?.voice.responseId && first.voice.itemId);
  });

  it("tell how mouth and face move", async () => {
    const flow = await deploy(
      { animation: { outputs: ["viseme_id", "blendshapes"] } },
      [{ say: "Otters swim." }],
    );
    await ask(flow);
    await ended(flow);
    const [mouth] = ofKind(flow, "viseme");
    assert.deepEqual(Object.keys(mouth?.payload), ["visemeId", "offsetMs"]);
    const [face, next] = ofKind(flow, "blendshapes");
    assert.equal(face?.payload.frames[0].length, 55);
    assert.equal(next?.payload.frameIndex, face?.payload.frames.length);
    for (const kind of ["viseme", "blendshapes"])
      assert.deepEqual(ofKind(flow, kind).at(-1)?.payload, { done: true });
  });

  it("tell citations and searches", async () => {
    const flow = await deploy({ include: ["file_search_call.results"] }, [
      { search: "web", queries: ["otters"] },
      { search: "file", results: [{ filename: "otters.txt" }] },
      { say: "Otters swim.", annotations: [{ url: "otters" }] },
    ]);
    await ask(flow);
    await ended(flow);
    assert.deepEqual(ofKind(flow, "annotation")[0]?.payload, {
      index: 0,
      annotation: { url: "otters" },
    });
    assert.deepEqual(
      ofKind(flow, "search").map(({ payload }) => [
        payload.source,
        payload.stage,
      ]),
      ["web", "file"].flatMap((source) =>
        ["in_progress", "searching", "completed", "done"].map((stage) => [
          source,
          stage,
        ]),
      ),
    );
    const done = ofKind(flow, "search").at(-1);
    assert.deepEqual(done?.payload.results, [{ filename: "otters.txt" }]);
  });

  it("tell what a hosted agent reports and what is left of the quota", async () => {
    const flow = await deploy({}, [{ invocation: { step: 1 } }], {
      tokensPerMinute: 1000,
    });
    await ask(flow);
    await ended(flow);
    assert.deepEqual(ofKind(flow, "agent")[0]?.payload, {
      stage: "invocation",
      delta: { step: 1 },
    });
    const [limit] = ofKind(flow, "rate_limits")[0]?.payload.limits ?? [];
    assert.deepEqual(
      [limit.name, limit.limit, limit.remaining],
      ["tokens", 1000, 1000],
    );
  });

  it("come from no event node that was not told to send them", async () => {
    const flow = await deploy({ tools: [SERVER], ...AVATAR });
    await ask(flow, "Hello.");
    await ended(flow);
    assert.deepEqual(
      flow
        .from("plain")
        .map(({ topic }) => topic)
        .filter((topic) => KINDS.includes(topic)),
      ["turn"],
    );
  });

  it("stop with the reply that is interrupted", async () => {
    const flow = await deploy({ animation: { outputs: ["viseme_id"] } }, [
      { say: "Otters swim." },
      { stall: 200 },
      { say: "They do." },
    ]);
    await ask(flow);
    await flow.message("event", "a shape", ({ topic }) => topic === "viseme");
    const before = ofKind(flow, "viseme").length;
    await flow.accept("control", {
      action: "send",
      payload: { type: "response.cancel" },
    });
    await ended(flow);
    assert.equal(ofKind(flow, "viseme").length, before + 1, "its end");
  });

  describe("of an MCP server", () => {
    it("tell its tools and each step of a call", async () => {
      const flow = await deploy({
        tools: [{ ...SERVER, require_approval: "never" }],
      });
      await ask(flow);
      await flow.message("transcript", "an answer");
      const [, listed] = ofKind(flow, "mcp");
      assert.equal(listed?.payload.stage, "completed");
      assert.deepEqual(
        listed?.payload.tools.map(({ name }: { name: string }) => name),
        ["search"],
      );
      const calls = ofKind(flow, "mcp").filter(
        ({ payload }) => payload.what === "call",
      );
      assert.deepEqual(
        calls.map(({ payload }) => payload.stage),
        ["arguments", "in_progress", "completed", "done"],
      );
      for (const { payload } of calls)
        assert.deepEqual(
          [payload.serverLabel, payload.name],
          ["docs", "search"],
        );
      assert.deepEqual(calls[0]?.payload.arguments, { query: "otters" });
      assert.match(calls[3]?.payload.output, /otters/);
    });

    it("tell that it cannot be reached", async () => {
      const flow = await deploy({
        tools: [{ ...SERVER, server_url: "https://docs.invalid" }],
      });
      await flow.message(
        "event",
        "the failure",
        ({ topic, payload }) => topic === "mcp" && payload.stage === "failed",
      );
    });

    for (const mcpFollowsUp of [false, true])
      it(`have its result told to the user, ${mcpFollowsUp ? "when the service does so by itself" : "when the service waits to be asked"}`, async () => {
        const flow = await deploy({ tools: [SERVER] }, undefined, {
          mcpFollowsUp,
        });
        await ask(flow);
        const request = await approval(flow);
        const { kind, name, serverLabel, approvalRequestId } = request.payload;
        assert.deepEqual([kind, name, serverLabel], ["mcp", "search", "docs"]);
        assert.deepEqual(request.payload.arguments, { query: "otters" });
        assert.equal(request.voice.approvalRequestId, approvalRequestId);
        await flow.accept("control", { ...request, action: "approve" });
        const { payload } = await flow.message("transcript", "an answer");
        assert.match(payload, /otters/);
        const service = await flow.service();
        const asked = service.received.filter(
          ({ type }) => type === "response.create",
        );
        assert.equal(asked.length, mcpFollowsUp ? 1 : 2);
      });

    it("have a denied call answered without its result", async () => {
      const flow = await deploy({ tools: [SERVER] });
      await ask(flow);
      const request = await approval(flow);
      await flow.accept("control", { ...request, action: "deny" });
      await flow.message("transcript", "an answer");
      const { items } = await flow.service();
      const call = items.find(({ item }) => item.type === "mcp_call")?.item;
      assert.equal(call?.type === "mcp_call" && call.output, null);
      assert.ok(stages(flow, "mcp").includes("failed"));
    });

    it("take one word on each call, and none on a call of an earlier session", async () => {
      const flow = await deploy({ tools: [SERVER] });
      await ask(flow);
      const request = await approval(flow);
      const unknown = { ...request.voice, approvalRequestId: "item_unknown" };
      const word = { ...request, action: "approve" };
      const refused = await flow.refuse("control", { ...word, voice: unknown });
      assert.equal(refused.code, "VOICE_LIVE_CALL_UNKNOWN");
      await flow.accept("control", word);
      const twice = await flow.refuse("control", word);
      assert.equal(twice.code, "VOICE_LIVE_CALL_ANSWERED");
    });

    it("are told apart from what nobody asked, once their conversation has ended", async () => {
      const keyed = { conversations: "keyed", key: "caller" };
      const flow = await deploy({ tools: [SERVER] }, undefined, {}, keyed);
      const caller = "anna";
      await flow.accept("text", { payload: "Search for otters.", caller });
      const request = await approval(flow);
      await flow.accept("control", { action: "disconnect", caller });
      const word = { ...request, action: "approve" };
      const late = await flow.refuse("control", word);
      assert.match(
        late.message,
        /^The conversation that made this call has ended/,
      );
      const voice = { ...request.voice, approvalRequestId: "item_unknown" };
      const unknown = await flow.refuse("control", { ...word, voice });
      assert.match(
        unknown.message,
        /^No call is known by the id "item_unknown"/,
      );
      for (const { code } of [late, unknown])
        assert.equal(code, "VOICE_LIVE_CALL_UNKNOWN");
    });

    it("belong to one session", async () => {
      const flow = await deploy({ tools: [SERVER] });
      await ask(flow);
      const request = await approval(flow);
      (await flow.service()).drop();
      await flow.message(
        "plain",
        "the loss",
        ({ topic }) => topic === "closed",
      );
      const late = await flow.refuse("control", {
        ...request,
        action: "approve",
      });
      assert.equal(late.code, "VOICE_LIVE_CALL_LATE");
    });
  });

  describe("of an avatar", () => {
    const avatar = (flow: TestFlow, what: string): Promise<Message> =>
      flow.message(
        "event",
        what,
        ({ topic, payload }) => topic === "avatar" && payload.what === what,
      );

    it("bring its relay servers, and the answer to an offer", async () => {
      const flow = await deploy(AVATAR);
      const { payload } = await avatar(flow, "ice");
      assert.match(payload.iceServers[0].urls[0], /^turn:/);
      assert.ok(payload.iceServers[0].credential.length > 0);
      for (const offer of [
        { type: "offer", sdp: OFFER },
        JSON.stringify({ type: "offer", sdp: OFFER }),
        OFFER,
        Buffer.from(JSON.stringify({ type: "offer", sdp: OFFER })).toString(
          "base64",
        ),
      ])
        await flow.accept("control", {
          action: "avatar-connect",
          payload: offer,
        });
      const offers = await flow.received("session.avatar.connect", 4);
      assert.equal(new Set(offers.map(({ client_sdp: sdp }) => sdp)).size, 1);
      const { answer } = (await avatar(flow, "answer")).payload;
      assert.equal(answer.type, "answer");
      assert.match(answer.sdp, /^v=0\r\n[\s\S]*m=video/);
    });

    for (const [what, payload] of [
      ["no description", 17],
      ["an answer", { type: "answer", sdp: OFFER }],
      ["another text", "Hello."],
    ] as const)
      it(`take no offer that is ${what}`, async () => {
        const flow = await deploy(AVATAR);
        await flow.looks("control", "green dot ready");
        const error = await flow.refuse("control", {
          action: "avatar-connect",
          payload,
        });
        assert.equal(error.code, "VOICE_LIVE_PAYLOAD");
        assert.match(error.message, /no SDP offer.*localDescription/);
      });

    it("tell when it speaks, and bring its pictures", async () => {
      const flow = await deploy({
        ...AVATAR,
        avatar: { ...AVATAR.avatar, output_protocol: "websocket" },
      });
      await ask(flow, "Hello.");
      await avatar(flow, "idle");
      const what = ofKind(flow, "avatar").map(({ payload }) => payload.what);
      assert.ok(what.indexOf("speaking") < what.indexOf("video"));
      const { payload } = await avatar(flow, "video");
      assert.equal(payload.codec, "h264");
      assert.ok(Buffer.isBuffer(payload.data));
    });

    it("tell that what it had still to say is dropped when the flow interrupts", async () => {
      const flow = await deploy(AVATAR, [{ say: "One." }, { stall: 1e8 }]);
      await ask(flow);
      await avatar(flow, "speaking");
      await flow.accept("interrupt");
      await avatar(flow, "cleared");
    });
  });
});
