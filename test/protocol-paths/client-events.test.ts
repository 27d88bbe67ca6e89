import assert from "node:assert/strict";
import { CLIENT_EVENT_TYPES } from "../../lib/protocol";
import {
  carriers,
  ENUMS,
  EVENTS,
  MODELS,
} from "../../scripts/protocol-paths/catalogue";
import { NOWHERE, sentBy } from "../../scripts/protocol-paths/paths";
import { type TestFlow, useNodeRed } from "../support/flow";
import {
  ScriptedService,
  type ScriptedSession,
  type WireEvent,
} from "../support/scripted-service";
import { Samples } from "./samples";

const OFFER = { type: "offer", sdp: "v=0\r\n" };
const AVATAR = { modalities: ["text", "audio", "avatar"] };

/** One way to send one event. */
interface Way {
  /** Settings of the session. */
  readonly settings?: object;
  /** What the service says before. */
  readonly says?: readonly WireEvent[];
  /** Waits until the flow has this of a node, before the message. */
  readonly until?: string;
  /** What the device has played of it. */
  readonly played?: object;
  readonly msg: object;
  /** Of the event that is sent, besides its type. */
  readonly sends?: object;
}

const CREATED: WireEvent = {
  type: "response.created",
  response: { id: "resp_1", status: "in_progress" },
};
const SPEAKS: readonly WireEvent[] = [
  CREATED,
  {
    type: "response.audio.delta",
    response_id: "resp_1",
    item_id: "item_1",
    output_index: 0,
    content_index: 0,
    delta: Buffer.alloc(48_000).toString("base64"),
  },
];
const CALL = {
  id: "item_1",
  type: "function_call",
  name: "get_time",
  call_id: "call_1",
  status: "completed",
  arguments: "{}",
};
const CALLS: readonly WireEvent[] = [
  CREATED,
  {
    type: "response.output_item.done",
    response_id: "resp_1",
    output_index: 0,
    item: CALL,
  },
  {
    type: "response.done",
    response: { id: "resp_1", status: "completed", output: [CALL] },
  },
];
const REQUEST: WireEvent = {
  type: "conversation.item.created",
  item: {
    id: "item_9",
    type: "mcp_approval_request",
    server_label: "docs",
    name: "search",
    arguments: "{}",
  },
};
const SAID: WireEvent = {
  type: "conversation.item.created",
  item: {
    id: "item_1",
    type: "message",
    role: "user",
    content: [{ type: "input_text", text: "Hello." }],
  },
};

/** How each way that the table names is gone. */
const WAYS: Readonly<Record<string, Way>> = {
  "session.update control `update`": {
    msg: { action: "update", payload: { instructions: "Be kind." } },
    sends: { session: { instructions: "Be kind." } },
  },
  "input_audio_buffer.append audio-in `msg.payload`": {
    msg: { payload: Buffer.alloc(1_920) },
  },
  "input_audio_buffer.commit audio-in end of speech": {
    settings: { turn_detection: null },
    msg: { payload: Buffer.alloc(9_600), complete: true },
  },
  "input_audio_buffer.commit control `commit`": { msg: { action: "commit" } },
  "input_audio_buffer.clear control `clear`": { msg: { action: "clear" } },
  "conversation.item.create message `msg.payload`": {
    msg: { payload: "Hello." },
    sends: {
      item: { role: "user", content: [{ type: "input_text", text: "Hello." }] },
    },
  },
  "conversation.item.create function-result `msg.payload`": {
    says: CALLS,
    until: "function",
    msg: { payload: "noon", voice: { callId: "call_1" } },
    sends: {
      item: { type: "function_call_output", call_id: "call_1", output: "noon" },
    },
  },
  "conversation.item.create control `approve`, `deny`": {
    says: [REQUEST],
    until: "event",
    msg: { action: "approve", voice: { approvalRequestId: "item_9" } },
    sends: {
      item: {
        type: "mcp_approval_response",
        approval_request_id: "item_9",
        approve: true,
      },
    },
  },
  "conversation.item.truncate interrupt any message": {
    says: SPEAKS,
    until: "audio-out",
    // By the clock alone, nothing of it may have been heard yet.
    played: { payload: 20, voice: { itemId: "item_1" } },
    msg: {},
    sends: { item_id: "item_1", content_index: 0 },
  },
  "conversation.item.delete control `history-clear`": {
    says: [SAID],
    msg: { action: "history-clear" },
    sends: { item_id: "item_1" },
  },
  "response.create message `msg.response`": {
    msg: { payload: "Hello.", response: { temperature: 0.9 } },
    sends: { response: { temperature: 0.9 } },
  },
  "response.create control `respond`": {
    msg: { action: "respond", payload: { temperature: 0.9 } },
    sends: { response: { temperature: 0.9 } },
  },
  "response.cancel interrupt any message": {
    says: SPEAKS,
    until: "audio-out",
    msg: {},
    sends: { response_id: "resp_1" },
  },
  "session.avatar.connect control `avatar-connect`": {
    msg: { action: "avatar-connect", payload: OFFER },
    sends: {
      client_sdp: Buffer.from(JSON.stringify(OFFER)).toString("base64"),
    },
  },
  "output_audio_buffer.clear interrupt any message, with an avatar": {
    settings: AVATAR,
    msg: {},
  },
  "input_text.delta message `msg.stream`": {
    msg: { payload: "Hel", stream: true },
    sends: { delta: "Hel", content_index: 0 },
  },
  "input_text.done message `msg.complete`": {
    msg: { payload: "lo.", stream: true, complete: true },
    sends: { content_index: 0 },
  },
};

describe("Coverage of client events", () => {
  const nodeRed = useNodeRed();
  let service: ScriptedService;
  beforeEach(async () => {
    service = await ScriptedService.start();
  });
  afterEach(() => service.close());

  async function deploy(
    settings: object = {},
  ): Promise<[TestFlow, ScriptedSession]> {
    const arriving = service.session();
    const flow = await nodeRed.deploy({
      resource: { service: "azure", auth: "key", endpoint: service.url },
      session: { settings },
      nodes: [
        { id: "control", type: "voice-live-control" },
        { id: "message", type: "voice-live-message" },
        { id: "interrupt", type: "voice-live-interrupt" },
        { id: "audio-in", type: "voice-live-audio-in", atEnd: "commit" },
        { id: "audio-out", type: "voice-live-audio-out", mode: "paced" },
        { id: "played", type: "voice-live-played" },
        { id: "function-result", type: "voice-live-function-result" },
        { id: "event", type: "voice-live-event", kinds: ["approval"] },
        {
          id: "function",
          type: "voice-live-function",
          functionName: "get_time",
        },
      ],
    });
    const session = await arriving;
    await flow.looks("control", "green dot ready");
    return [flow, session];
  }

  /** What the service has received of one type since the settings of the session. */
  async function received(
    session: ScriptedSession,
    type: string,
    count = 1,
  ): Promise<readonly WireEvent[]> {
    const ofType = (): readonly WireEvent[] =>
      session.received.slice(1).filter((event) => event.type === type);
    for (let round = 0; round < 50 && ofType().length < count; round++)
      await session.settled();
    assert.ok(ofType().length >= count, `${count} ${type} are received`);
    return ofType();
  }

  it("knows a way for every event that this package knows", () => {
    for (const type of CLIENT_EVENT_TYPES) assert.ok(sentBy(type).length > 0);
  });

  for (const { type, fields } of EVENTS.client)
    for (const { node, how } of sentBy(type)) {
      if (how === "`send`") {
        it(`${type} is sent by ${node} as ${how}, with all its members`, async () => {
          const [flow, session] = await deploy();
          const samples = new Samples().ofFields(fields, type);
          const isResponse = type === "response.create";
          for (const [index, sample] of samples.entries()) {
            const payload = { type, ...sample };
            await flow.accept("control", { action: "send", payload });
            if (type === "input_audio_buffer.append") continue;
            const events = await received(session, type, index + 1);
            const { event_id: _, ...sent } = events[index]!;
            assert.deepEqual(sent, payload);
            if (isResponse) answer(session, sample["response"], index);
          }
          if (type !== "input_audio_buffer.append") return;
          await session.settled();
          assert.equal(session.appends, samples.length);
        });
        continue;
      }

      const key = `${type} ${node} ${how}`;
      it(`${type} is sent by ${node} as ${how}`, async () => {
        const way = WAYS[key];
        assert.ok(way, `the test knows how to go the way «${key}»`);
        const [flow, session] = await deploy(way.settings);
        for (const event of way.says ?? []) session.send(event);
        if (way.until) await flow.message(way.until);
        if (way.played) await flow.accept("played", way.played);
        await session.settled();
        await flow.accept(node, way.msg);
        if (type === "input_audio_buffer.append") {
          await session.settled();
          return assert.equal(session.appends, 1);
        }
        const [event] = await received(session, type);
        assertHolds(event, way.sends ?? {});
      });
    }

  it("goes no way that the table does not name", () => {
    const named = EVENTS.client.flatMap(({ type }) =>
      sentBy(type).map(({ node, how }) => `${type} ${node} ${how}`),
    );
    assert.deepEqual(
      Object.keys(WAYS).filter((key) => !named.includes(key)),
      [],
    );
  });

  it("session.update carries every setting of the reference by control as `update`", async () => {
    const [flow, session] = await deploy();
    const samples = new Samples().ofFields(
      MODELS["RequestSession"]?.fields ?? {},
      "RequestSession",
    );
    const ownTool = { type: "function", name: "get_time" };
    for (const [index, payload] of samples.entries()) {
      await flow.accept("control", { action: "update", payload });
      const events = await received(session, "session.update", index + 1);
      const { tools, ...others } = events[index]?.["session"] ?? {};
      const { tools: given, ...expected } = payload;
      assert.deepEqual(others, expected);
      assert.deepEqual(tools.slice(0, -1), given);
      assertHolds(tools.at(-1), ownTool);
    }
  });

  it("session.update carries an explicit null, and nothing that looks like a variable is filled in", async () => {
    const [flow, session] = await deploy();
    const payload = { turn_detection: null, instructions: "${HOME}" };
    await flow.accept("control", { action: "update", payload });
    const [event] = await received(session, "session.update");
    assert.deepEqual(event?.["session"], payload);
  });

  it("response.create carries every setting of a response by message as `msg.response`", async () => {
    const [flow, session] = await deploy();
    const samples = new Samples().ofFields(
      MODELS["ResponseCreateParams"]?.fields ?? {},
      "ResponseCreateParams",
    );
    for (const [index, sample] of samples.entries()) {
      const response = { ...sample, conversation: "auto" };
      await flow.accept("message", { payload: "Hello.", response });
      const events = await received(session, "response.create", index + 1);
      assert.deepEqual(events[index]?.["response"], response);
      answer(session, response, index);
      await session.settled();
    }
  });
});

describe("Coverage of the reference", () => {
  it("has a sample of every member and value that an event carries", () => {
    const samples = new Samples();
    for (const side of ["client", "server"] as const)
      for (const { type, fields } of EVENTS[side])
        samples.ofFields(fields, type);
    const members = Object.entries(MODELS).flatMap(([name, { fields }]) =>
      Object.keys(fields).map((member) => `${name}.${member}`),
    );
    const missing = new Set(
      members
        .filter((member) => !samples.used.has(member))
        .map((member) => member.split(".")[0]),
    );
    assert.deepEqual(missing, new Set(UNSAMPLED));
  });

  it("has a sample of every value that an event carries", () => {
    const text = JSON.stringify(
      (["client", "server"] as const).flatMap((side) =>
        EVENTS[side].map(({ type, fields }) =>
          new Samples().ofFields(fields, type),
        ),
      ),
    );
    for (const [name, values] of Object.entries(ENUMS))
      for (const value of values)
        assert.equal(
          text.includes(JSON.stringify(value)),
          NOWHERE[name] === undefined,
          `${name}: ${value}`,
        );
  });

  it("gives a reason for nothing that has a place", () => {
    for (const name of Object.keys(NOWHERE))
      assert.deepEqual(
        [...carriers("client", name), ...carriers("server", name)],
        [],
      );
  });
});

/** Bases, whose members each kind of them has, and what no event carries. */
const UNSAMPLED: readonly string[] = [
  "AzureVoice",
  "TurnDetection",
  "EouDetection",
  "Tool",
  "ContentPart",
  "ToolChoiceSelection",
  "InterimResponseConfigBase",
  "ResponseItem",
  "ConversationRequestItem",
  "MessageContentPart",
  "ResponseStatusDetails",
  "ErrorResponse",
  "ActionSearch",
  "ActionSearchSource",
  "ActionFind",
  "ActionOpenPage",
];

/** Lets the response begin and end, so that the next one may. */
function answer(
  session: ScriptedSession,
  params: unknown,
  index: number,
): void {
  const { conversation } = (params ?? {}) as { conversation?: string };
  const response = {
    id: `resp_${index}`,
    conversation_id: conversation === "none" ? null : "conv_1",
  };
  session.send({ type: "response.created", response });
  session.send({
    type: "response.done",
    response: { ...response, status: "completed" },
  });
}

function assertHolds(actual: unknown, expected: object): void {
  assert.ok(typeof actual === "object" && actual !== null);
  for (const [name, value] of Object.entries(expected)) {
    const found: unknown = Reflect.get(actual, name);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      assertHolds(found, value as object);
    else assert.deepEqual(found, value, name);
  }
}
