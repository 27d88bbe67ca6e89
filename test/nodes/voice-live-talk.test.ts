import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import RED from "node-red";
import WebSocket, { WebSocketServer } from "ws";
import { PAGE_CLOSE, type NodeMessage } from "../../lib/talk/page-protocol";
import type { Behaviour } from "../../lib/simulator";
import {
  useNodeRed,
  type Message,
  type NodeConfig,
  type TestFlow,
} from "../support/flow";
import { TestPage } from "../support/page";
import { soundOf, speak } from "../support/page-talk";

const TALK: NodeConfig = {
  id: "talk",
  type: "voice-live-talk",
  access: "loopback",
  path: "talk",
  wires: [["in"], ["sink"]],
};
const WIRED: readonly NodeConfig[] = [
  TALK,
  { id: "in", type: "voice-live-audio-in", wires: [] },
  {
    id: "out",
    type: "voice-live-audio-out",
    mode: "received",
    wires: [["talk"], ["talk"]],
  },
];
/** A reply whose end no test lives to see. */
const STILL_SPEAKING_MS = 60_000;
const KEYED = { conversations: "keyed", key: "_session.id", connect: "input" };

describe("voice-live-talk", () => {
  const nodeRed = useNodeRed();
  const pages: TestPage[] = [];
  afterEach(() => pages.splice(0).forEach((page) => page.close()));

  const httpServer = (): Server =>
    (RED as unknown as { server: Server }).server;

  function openPage(at = "talk"): TestPage {
    const { port } = httpServer().address() as AddressInfo;
    const page = new TestPage(`ws://127.0.0.1:${port}/${at}/socket`);
    pages.push(page);
    return page;
  }

  async function enter(more: object = {}): Promise<TestPage> {
    const page = openPage();
    await page.enter(more);
    return page;
  }

  /** @param behaviours - what the service answers; by default what it heard */
  async function deploy(
    nodes: readonly NodeConfig[] = WIRED,
    session: object = {},
    behaviours?: readonly Behaviour[],
  ): Promise<TestFlow> {
    const settings = { input_audio_transcription: { model: "whisper-1" } };
    return nodeRed.deploy({
      nodes,
      session: { ...KEYED, settings, ...session },
      ...(behaviours
        ? { simulator: await nodeRed.simulator({ behaviours }) }
        : { resource: { script: "echo" } }),
    });
  }

  /** Everything that the flow has sent so far is on the page, too, and what the page has said is in the flow. */
  async function settled(page: TestPage): Promise<void> {
    const at = page.messages.length;
    page.say({ type: "ping", at });
    await page.message("pong", (pong) => pong.at === at);
  }

  const ofType = (page: TestPage, type: NodeMessage["type"]): NodeMessage[] =>
    page.messages.filter((message) => message.type === type);

  function sessionOf(flow: TestFlow, index = 0): unknown {
    const opened = flow.from("talk", 1).filter(({ topic }) => topic === "open");
    return opened[index]?.["_session"];
  }

  describe("in a flow", () => {
    it("gives out the microphone's audio, which describes itself, and the end of it", async () => {
      const flow = await deploy([{ ...TALK, wires: [["sink"], ["sink"]] }]);
      const page = await enter();
      page.socket.send(Buffer.from([1, 2, 3, 4]));
      page.say({ type: "audio-end" });
      await settled(page);
      const _session = sessionOf(flow);
      const { id, type } = _session as { id: string; type: string };
      assert.equal(type, "voice-live-talk");
      assert.match(id, /^[0-9a-f]{32}$/);
      const format = {
        rate: 24_000,
        channels: 1,
        bits: 16,
        encoding: "signed-integer",
        format: "raw",
        _session,
      };
      assert.deepEqual(
        flow.from("talk").map(({ _msgid, ...msg }) => msg),
        [
          { payload: Buffer.from([1, 2, 3, 4]), ...format },
          { payload: Buffer.alloc(0), event: "end", ...format },
        ],
      );
    });

    for (const [what, behaviours, isSimulated] of [
      ["the built-in simulator", undefined, true],
      ["a service", [], undefined],
    ] as const)
      it(`tells the page that it talks to ${what}`, async () => {
        await deploy(WIRED, {}, behaviours);
        const welcome = await enter().then((page) => page.message("welcome"));
        assert.equal(welcome.isSimulated, isSimulated);
      });

    it("carries a talk of each page, and no page hears another", async () => {
      await deploy();
      const [one, other] = [await enter(), await enter()];
      speak(one);
      await one.message("audio");
      await one.message("audio-end");
      await settled(other);
      assert.ok(soundOf(one).some((byte) => byte !== 0));
      assert.equal(soundOf(other).length, 0);
      assert.deepEqual(ofType(other, "transcript"), []);
    });

    it("tells when pages open, close and come back, and what they have missed", async () => {
      const flow = await deploy([TALK]);
      const page = openPage();
      const { resume } = await page.enter();
      const opened = await flow.message("talk", "open", isAbout("open"), 1);
      const { id, address } = opened.payload as Record<string, string>;
      assert.deepEqual(opened.payload, {
        id,
        address: "127.0.0.1",
        isBack: false,
        missed: 0,
      });
      assert.equal(address, "127.0.0.1");
      await flow.looks("talk", "green dot voice-live-talk.status.pages");
      page.close();
      await flow.message("talk", "close", isAbout("close"), 1);
      await flow.looks("talk", "grey ring voice-live-talk.status.pages");
      const { _session } = opened;
      await flow.accept("talk", { payload: "Hi", topic: "notice", _session });
      const back = openPage();
      await back.enter({ resume });
      const again = await flow.until("the page to come back", () =>
        flow
          .from("talk", 1)
          .find(({ topic, payload }) => topic === "open" && payload.isBack),
      );
      assert.deepEqual(again.payload, {
        ...opened.payload,
        isBack: true,
        missed: 1,
      });
      assert.deepEqual(again["_session"], _session);
    });

    it("ends the conversation of a page whose user ends it, and of none that only goes", async () => {
      const events = {
        id: "events",
        type: "voice-live-event",
        kinds: ["ready", "closed"],
      };
      const flow = await deploy([...WIRED, events]);
      const [stays, ends] = [await enter(), await enter()];
      const told = (topic: string): unknown[] =>
        flow
          .from("events")
          .filter((msg) => msg["topic"] === topic)
          .map(
            (msg) => (msg["voice"] as { conversation: string }).conversation,
          );
      const idOf = (index: number): string =>
        (sessionOf(flow, index) as { id: string }).id;
      for (const page of [stays, ends]) page.say({ type: "text", text: "Hi" });
      await flow.until("two sessions", () => told("ready").length === 2);
      stays.close();
      // Its last words, which are not to begin another one.
      ends.socket.send(Buffer.alloc(960));
      ends.say({ type: "leave" });
      ends.close();
      await flow.until("the end of one", () => told("closed").length > 0);
      assert.deepEqual(told("closed"), [idOf(1)]);
      assert.equal(told("ready").length, 2);
    });

    it("takes typed text and a press of stop to the conversation", async () => {
      const flow = await deploy([TALK], {}, [
        () => [{ say: "A long story." }, { stall: STILL_SPEAKING_MS }],
      ]);
      const page = await enter();
      page.say({ type: "text", text: "Tell me" });
      await page.message("transcript", ({ who }) => who === "assistant");
      assert.equal(
        (await flow.received("conversation.item.create"))[0].item.content[0]
          .text,
        "Tell me",
      );
      page.say({ type: "interrupt" });
      await page.message("flush");
    });
  });

  describe("shows of its session, once, whether it is wired or not", () => {
    const answers: readonly Behaviour[] = [
      ({ text, outputs }) =>
        text === "weather" && outputs.length === 0
          ? [{ call: "get_weather", arguments: { city: "Lisbon" } }]
          : [{ say: "Sunny." }],
    ];
    const functions: readonly NodeConfig[] = [
      {
        id: "weather",
        type: "voice-live-function",
        functionName: "get_weather",
        parameters: {},
        wires: [["sunny"]],
      },
      {
        id: "sunny",
        type: "helper",
        wires: [],
      },
      { id: "result", type: "voice-live-function-result", wires: [] },
    ];

    for (const isWired of [false, true])
      it(isWired ? "wired" : "not wired", async () => {
        const flow = await deploy(
          [
            ...WIRED,
            ...functions,
            {
              id: "said",
              type: "voice-live-transcript",
              partial: true,
              wires: [isWired ? ["talk"] : []],
            },
            {
              id: "events",
              type: "voice-live-event",
              wires: [isWired ? ["talk"] : []],
            },
            {
              id: "stopped",
              type: "voice-live-interrupt",
              wires: [isWired ? ["talk"] : []],
            },
          ],
          {},
          answers,
        );
        const page = await enter();
        page.say({ type: "text", text: "weather" });
        const call = await flow.message("weather");
        if (isWired) await flow.accept("talk", call);
        const answer = { ...call, payload: { sky: "sunny" } };
        await flow.accept("result", answer);
        if (isWired) await flow.accept("talk", answer);
        const final = await page.message("transcript", (each) => each.final);
        await page.message("turn");
        await page.message("state", ({ state }) => state === "listening");
        await settled(page);
        assert.equal(final.text, "Sunny.");
        const pieces = ofType(page, "transcript").filter(
          (each) => !(each as { final: boolean }).final,
        );
        assert.equal(
          pieces.map((each) => (each as { text: string }).text).join(""),
          "Sunny.",
        );
        const id = call.voice.callId as string;
        assert.deepEqual(
          [...ofType(page, "call"), ...ofType(page, "call-result")],
          [
            {
              type: "call",
              id,
              name: "get_weather",
              arguments: { city: "Lisbon" },
            },
            {
              type: "call-result",
              id,
              output: '{"sky":"sunny"}',
              failed: false,
            },
          ],
        );
        assert.equal(ofType(page, "turn").length, 1);
      });
  });

  describe("of a conversation that is recorded", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "talk-"))));
    afterEach(async () => {
      await nodeRed.clear();
      rmSync(folder, { recursive: true });
    });
    const record = (): NodeConfig => ({
      id: "record",
      type: "voice-live-record",
      folder,
    });
    const saysSo = (page: TestPage, isRecorded = true): Promise<unknown> =>
      page.message("recorded", (each) => each.isRecorded === isRecorded);

    it("says so, from its beginning to its end, and whoever comes back is told, too", async () => {
      const flow = await deploy([...WIRED, record()]);
      const page = openPage();
      const { resume } = await page.enter();
      page.say({ type: "text", text: "Hi" });
      await page.message("state", ({ state }) => state === "listening");
      await flow.accept("record", { record: true, _session: sessionOf(flow) });
      await saysSo(page);
      page.close();
      const back = openPage();
      await back.enter({ resume });
      await saysSo(back);
      await flow.accept("record", { record: false, _session: sessionOf(flow) });
      await saysSo(back, false);
      assert.equal(ofType(page, "recorded").length, 1);
    });

    it("says so to all who share it, whoever has spoken last", async () => {
      const flow = await deploy([...WIRED, record()], { conversations: "one" });
      const [one, other] = [await enter(), await enter()];
      other.say({ type: "text", text: "Hi" });
      await other.message("transcript", ({ who }) => who === "assistant");
      await flow.accept("record", { record: true });
      for (const page of [one, other]) await saysSo(page);
      await flow.accept("record", { record: false });
      for (const page of [one, other]) await saysSo(page, false);
    });

    it("says so where callers are known by something else than their page", async () => {
      const flow = await deploy(
        [
          { ...TALK, wires: [["sink"], ["sink"]] },
          { id: "in", type: "voice-live-audio-in", wires: [] },
          { ...record(), active: true },
        ],
        { key: "user" },
      );
      const page = await enter();
      page.socket.send(Buffer.alloc(1_920));
      const sound = await flow.message("talk");
      await flow.accept("in", { ...sound, user: "anna" });
      await saysSo(page);
    });
  });

  describe("whose conversation is ended in the editor", () => {
    const event = { id: "said", type: "voice-live-event", kinds: ["ready"] };

    async function end(): Promise<void> {
      const list = await nodeRed.admin.get("/voice-live-sessions");
      const { sessions } = JSON.parse(list.text) as {
        sessions: readonly { conversations: readonly { id: string }[] }[];
      };
      const id = sessions[0]?.conversations[0]?.id;
      const { status } = await nodeRed.admin
        .post(`/voice-live-sessions/${id}/end`)
        .set("content-type", "application/json")
        .send("{}");
      assert.equal(status, 200);
    }

    const sound = Buffer.alloc(1_920);

    it("is closed, so that its microphone begins no other, until its user asks for one", async () => {
      const flow = await deploy([...WIRED, event]);
      const page = openPage();
      const { resume } = await page.enter();
      page.socket.send(sound);
      await flow.message("said");
      await end();
      assert.equal(await page.closeCode(), PAGE_CLOSE.ended);
      const back = openPage();
      await back.enter({ resume, isAgain: true });
      back.socket.send(sound);
      await back.message("state", ({ state }) => state === "listening");
      assert.deepEqual(flow.caught, []);
    });

    it("is closed when it was away meanwhile and comes back by itself, unless the conversation is back as well", async () => {
      const control = { id: "control", type: "voice-live-control" };
      const flow = await deploy([...WIRED, control, event]);
      const page = openPage();
      const { resume } = await page.enter();
      page.socket.send(sound);
      await flow.message("said");
      page.close();
      await flow.message("talk", "close", isAbout("close"), 1);
      await end();
      const back = openPage();
      await back.enter({ resume });
      assert.equal(await back.closeCode(), PAGE_CLOSE.ended);
      await flow.accept("control", {
        action: "connect",
        _session: sessionOf(flow),
      });
      const later = openPage();
      await later.enter({ resume });
      await later.message("state", ({ state }) => state === "listening");
      await settled(later);
      assert.equal(later.closed, undefined);
    });

    it("is closed with all who share it, and one of them may begin another", async () => {
      const flow = await deploy([...WIRED, event], { conversations: "one" });
      const other = await enter();
      const one = openPage();
      const { resume } = await one.enter();
      other.socket.send(sound);
      await flow.message("said");
      await end();
      for (const page of [one, other])
        assert.equal(await page.closeCode(), PAGE_CLOSE.ended);
      const back = openPage();
      await back.enter({ resume, isAgain: true });
      back.socket.send(sound);
      await back.message("state", ({ state }) => state === "listening");
    });

    it("begins another also where the flow has asked for the conversation meanwhile", async () => {
      const control = { id: "control", type: "voice-live-control" };
      const flow = await deploy([...WIRED, control, event], {
        conversations: "one",
        connect: "deploy",
      });
      const page = openPage();
      const { resume } = await page.enter();
      await page.message("state", ({ state }) => state === "listening");
      await end();
      await flow.accept("control", { action: "unmute" });
      const back = openPage();
      await back.enter({ resume, isAgain: true });
      back.socket.send(sound);
      await back.message("state", ({ state }) => state === "listening");
    });

    it("may begin another where callers are known by something else than their page", async () => {
      const flow = await deploy(
        [
          { ...TALK, wires: [["sink"], ["sink"]] },
          { id: "in", type: "voice-live-audio-in", wires: [] },
          event,
        ],
        { key: "user" },
      );
      const page = openPage();
      const { resume } = await page.enter();
      page.socket.send(sound);
      const msg = { ...(await flow.message("talk")), user: "anna" };
      await flow.accept("in", msg);
      await page.message("state", ({ state }) => state === "listening");
      await end();
      assert.equal(await page.closeCode(), PAGE_CLOSE.ended);
      const fault = await flow.refuse("in", msg);
      assert.equal(fault.code, "VOICE_LIVE_NOT_CONNECTED");
      await openPage().enter({ resume, isAgain: true });
      await flow.accept("in", msg);
    });
  });

  it("tells the conversation how much was really heard", async () => {
    const flow = await deploy(
      WIRED,
      { settings: { turn_detection: { type: "server_vad" } } },
      [() => [{ say: "A long story. ".repeat(100) }]],
    );
    const page = await enter();
    page.say({ type: "text", text: "Tell me" });
    const { stream } = await page.message("audio");
    await page.until(
      "ten seconds of speech",
      () => (page.sound.get(stream)?.length ?? 0) > 480_000,
    );
    // Far ahead of the estimate, which knows of no second yet.
    page.say({ type: "played", stream, samples: 192_000, ended: false });
    page.say({ type: "interrupt" });
    const [truncation] = await flow.received("conversation.item.truncate");
    assert.ok(truncation.audio_end_ms >= 8_000, truncation.audio_end_ms);
    await page.message("flush");
    assert.equal(ofType(page, "flush").length, 1);
  });

  describe("given messages of elsewhere", () => {
    let flow: TestFlow;
    let page: TestPage;
    let _session: unknown;
    beforeEach(async () => {
      flow = await deploy([TALK]);
      page = await enter();
      _session = sessionOf(flow);
    });
    const give = (msg: object): Promise<void> =>
      flow.accept("talk", { _session, ...msg });
    const shown = async (): Promise<NodeMessage[]> => {
      await settled(page);
      return page.messages.filter(
        ({ type }) => !["welcome", "state", "pong"].includes(type),
      );
    };
    const voice = {
      conversation: "elsewhere",
      sessionId: "s",
      generation: 1,
      itemId: "i",
      responseId: "r",
    };

    it("shows transcripts, notices, warnings, latencies, and calls with their results", async () => {
      await give({
        topic: "user",
        payload: "Hel",
        voice: { ...voice, final: false },
      });
      await give({
        topic: "assistant",
        payload: "Long.",
        voice: { ...voice, final: true, heard: "Lo" },
      });
      await give({ topic: "notice", payload: "<i>Closing</i> soon" });
      await give({
        topic: "warning",
        payload: { code: "x", message: "Careful" },
        voice,
      });
      await give({
        topic: "turn",
        payload: { eot_to_first_out_ms: 412 },
        voice,
      });
      await give({ topic: "usage", payload: { total: 1 }, voice });
      await give({
        topic: "turn",
        payload: { on: true },
        voice: { ...voice, callId: "c" },
      });
      await give({
        topic: "turn",
        payload: { done: 1n === 1n },
        voice: { ...voice, callId: "c" },
      });
      assert.deepEqual(await shown(), [
        { type: "transcript", id: "i", who: "user", text: "Hel", final: false },
        {
          type: "transcript",
          id: "i",
          who: "assistant",
          text: "Long.",
          final: true,
          heard: "Lo",
        },
        { type: "notice", level: "info", text: "<i>Closing</i> soon" },
        { type: "notice", level: "warning", text: "Careful" },
        { type: "turn", latencyMs: 412 },
        { type: "call", id: "c", name: "turn", arguments: { on: true } },
        {
          type: "call-result",
          id: "c",
          output: '{"done":true}',
          failed: false,
        },
      ]);
    });

    it("plays sound of any kind as PCM16 at its own rate", async () => {
      await give({
        payload: Buffer.from([0xff, 0x80]),
        rate: 8_000,
        encoding: "mu-law",
      });
      await give({ payload: new Int16Array([258]), rate: 16_000 });
      await give({ payload: "AgE=", rate: 16_000 });
      await give({ event: "end" });
      assert.deepEqual(
        (await shown()).map(({ type, ...rest }) => [
          type,
          (rest as { rate?: number }).rate,
        ]),
        [
          ["audio", 8_000],
          ["audio", 16_000],
          ["audio-end", undefined],
        ],
      );
      assert.deepEqual(
        [...page.sound.values()].map((sound) => sound.toString("hex")),
        ["00007c7d", "02010201"],
      );
    });

    it("stops at a flush and at an interruption, once for each, and plays nothing older", async () => {
      const sound = (generation: number): object => ({
        payload: Buffer.alloc(2, generation),
        voice: { ...voice, generation, startMs: 0 },
      });
      const next = { ...voice, generation: 2 };
      await give(sound(1));
      await give({ payload: "flush", voice: { ...next, playedMs: 10 } });
      await give({
        payload: { by: "user", heardMs: 10, heardText: "" },
        voice: next,
      });
      await give(sound(1));
      await give(sound(2));
      await give({ payload: "end", voice: { ...next, playedMs: 10 } });
      assert.deepEqual(
        (await shown()).map(({ type }) => type),
        ["audio", "flush", "audio", "audio-end"],
      );
      assert.equal(soundOf(page).toString("hex"), "01010202");
    });

    it("refuses what no page can show, by name", async () => {
      for (const [msg, reason] of [
        [{ payload: "Hello" }, /a text without a topic/],
        [{ payload: undefined }, /msg\.payload is missing/],
        [{ payload: { some: "object" } }, /of type object/],
        [{ payload: true }, /of type boolean/],
        [{ payload: Buffer.from("ID3\x04\0\0\0\0\0\0") }, /MP3/],
      ] as const) {
        const error = await flow.refuse("talk", { _session, ...msg });
        assert.match(error.message, reason);
      }
      await give({ topic: "notice", payload: "Good again" });
      await flow.looks("talk", "green dot voice-live-talk.status.pages");
    });

    it("wants to know which page is meant, and leaves other devices' messages alone", async () => {
      const error = await flow.refuse("talk", {
        topic: "notice",
        payload: "All",
      });
      assert.equal(error.code, "VOICE_LIVE_KEY");
      await flow.accept("talk", {
        topic: "notice",
        payload: "For a socket",
        _session: { type: "websocket", id: "x" },
      });
      assert.deepEqual(await shown(), []);
    });
  });

  it("shows all pages what is for nobody in particular, where the session serves one conversation", async () => {
    const flow = await deploy([TALK], { conversations: "one" });
    const both = [await enter(), await enter()];
    await flow.accept("talk", { topic: "notice", payload: "All" });
    for (const page of both) await page.message("notice");
  });

  it("says on the page what is wrong with the connection, once", async () => {
    const simulator = await nodeRed.simulator();
    const flow = await nodeRed.deploy({
      nodes: WIRED,
      session: KEYED,
      simulator,
      credentials: { apiKey: "wrong" },
    });
    const page = await enter();
    speak(page);
    const { text } = await page.message(
      "notice",
      ({ level }) => level === "error",
    );
    assert.match(text, /key/i);
    await page.message("state", ({ state }) => state === "stopped");
    await flow.fault("VOICE_LIVE_UNAUTHORIZED");
    await settled(page);
    assert.equal(ofType(page, "notice").length, 1);
  });

  it("says on the page and to Catch why typed text goes nowhere", async () => {
    const flow = await deploy([TALK], { connect: "command" });
    const page = await enter();
    page.say({ type: "text", text: "Hello" });
    const { text } = await page.message(
      "notice",
      ({ level }) => level === "error",
    );
    assert.match(text, /not connected/);
    await flow.fault("VOICE_LIVE_NOT_CONNECTED");
  });

  describe("with tickets", () => {
    it("gives them out on a message that stays itself, and takes each once", async () => {
      const flow = await deploy([{ ...TALK, access: "ticket" }]);
      await flow.accept("talk", { topic: "ticket", payload: "x", res: "kept" });
      const { payload, res } = await flow.message(
        "talk",
        "a ticket",
        isAbout("ticket"),
        1,
      );
      assert.equal(res, "kept");
      const page = openPage();
      const { resume } = await page.enter({ secret: payload });
      const second = await openPage().open();
      second.hello({ secret: payload });
      assert.equal(await second.closeCode(), PAGE_CLOSE.expired);
      assert.equal((await openPage().enter({ resume })).resumed, true);
    });

    it("has none where they open nothing", async () => {
      const flow = await deploy([TALK]);
      const error = await flow.refuse("talk", { topic: "ticket" });
      assert.match(error.message, /takes no tickets/);
    });
  });

  describe("is not there", () => {
    it("until somebody has chosen who may open it", async () => {
      const before = httpServer().listenerCount("upgrade");
      const { access: _access, ...off } = TALK;
      const flow = await deploy([off]);
      assert.equal(httpServer().listenerCount("upgrade"), before);
      await flow.looks("talk", "grey ring voice-live-talk.status.off");
      await flow.accept("talk", { payload: Buffer.alloc(2) });
    });

    it("any more after it was taken away, and leaves the sockets of others alone", async () => {
      const before = httpServer().listenerCount("upgrade");
      const flow = await deploy();
      const others = new WebSocketServer({ noServer: true });
      const onUpgrade = (
        ...[request, socket, head]: Parameters<WebSocketServer["handleUpgrade"]>
      ): void => {
        if (request.url === "/talk/other")
          others.handleUpgrade(request, socket, head, (each) =>
            each.send("other"),
          );
      };
      httpServer().on("upgrade", onUpgrade);
      try {
        const { port } = httpServer().address() as AddressInfo;
        const other = new WebSocket(`ws://127.0.0.1:${port}/talk/other`);
        await new Promise((resolve) => other.once("message", resolve));
        other.terminate();
        const page = await enter();
        await flow.redeploy(WIRED.slice(1));
        assert.equal(await page.closeCode(), PAGE_CLOSE.restarting);
        assert.equal(httpServer().listenerCount("upgrade"), before + 1);
      } finally {
        httpServer().off("upgrade", onUpgrade as never);
      }
    });

    it("where a websocket node of the same path was first", async () => {
      await deploy([TALK]);
      const others = new WebSocketServer({ noServer: true });
      const first = (
        ...[request, socket, head]: Parameters<WebSocketServer["handleUpgrade"]>
      ): void =>
        others.handleUpgrade(request, socket, head, (each) =>
          each.send('{"type":"other"}'),
        );
      httpServer().prependListener("upgrade", first as never);
      try {
        await openPage().message("other" as NodeMessage["type"]);
      } finally {
        httpServer().off("upgrade", first as never);
      }
    });

    for (const [what, node, reason] of [
      [
        "a path of another one",
        { path: "talk" },
        /Another talk page has the path «talk»/,
      ],
      ["a path that is none", { path: "../talk" }, /no path for a page/],
      [
        "a mistyped access",
        { path: "b", access: "all" },
        /«access».* is "all"/,
      ],
      ["no password", { path: "b", access: "password" }, /has no password/],
      [
        "no function in the settings",
        { path: "b", access: "custom" },
        /voiceLiveTalk\.verify/,
      ],
      [
        "an origin that is none",
        { path: "b", origins: "example.org" },
        /«example\.org» is no origin/,
      ],
    ] as const)
      it(`with ${what}, and says so`, async () => {
        const flow = await deploy([TALK, { ...TALK, id: "second", ...node }]);
        const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
        assert.match(error.message, reason);
        assert.equal(error.source.id, "second");
        await flow.looks("second", "red ring fault.VOICE_LIVE_CONFIGURATION");
        await enter();
      });
  });
});

const isAbout =
  (topic: string) =>
  (msg: Message): boolean =>
    msg.topic === topic;
