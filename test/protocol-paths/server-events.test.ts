import assert from "node:assert/strict";
import { withoutSecrets } from "../../lib/client";
import { EVENTS } from "../../scripts/protocol-paths/catalogue";
import { deliveredBy } from "../../scripts/protocol-paths/paths";
import { type TestFlow, useNodeRed } from "../support/flow";
import {
  ScriptedService,
  type ScriptedSession,
  type WireEvent,
} from "../support/scripted-service";
import { Samples } from "./samples";

const AUDIO = "response.audio.delta";
const KINDS = [
  "error",
  "warning",
  "updated",
  "turn",
  "usage",
  "approval",
  "word",
  "viseme",
  "blendshapes",
  "annotation",
  "search",
  "mcp",
  "agent",
  "avatar",
  "rate_limits",
];

/** Kinds of items by the event that tells of them: each kind has a path of its own. */
const ITEM_OF: Readonly<Record<string, string>> = {
  approval: "mcp_approval_request",
  search: "web_search_call",
  mcp: "mcp_call",
  agent: "foundry_agent_call",
  function: "function_call",
};

describe("Coverage of server events", () => {
  const nodeRed = useNodeRed();
  let service: ScriptedService;
  beforeEach(async () => {
    service = await ScriptedService.start();
  });
  afterEach(() => service.close());

  async function deploy(): Promise<[TestFlow, ScriptedSession]> {
    const arriving = service.session();
    const flow = await nodeRed.deploy({
      resource: { service: "azure", auth: "key", endpoint: service.url },
      nodes: [
        { id: "event", type: "voice-live-event", kinds: KINDS, raw: true },
        { id: "transcript", type: "voice-live-transcript", partial: true },
        { id: "audio-out", type: "voice-live-audio-out", mode: "received" },
        {
          id: "function",
          type: "voice-live-function",
          functionName: "some_text",
        },
      ],
    });
    const session = await arriving;
    await flow.looks("event", "green dot ready");
    return [flow, session];
  }

  for (const { type, fields } of EVENTS.server) {
    const samples = new Samples().ofFields(fields, type);

    if (type !== AUDIO)
      it(`${type} comes out of event as raw, with all its members`, async () => {
        const [flow, session] = await deploy();
        const from = flow.from("event").length;
        samples.forEach((sample, index) =>
          session.send({
            ...distinct(sample, index),
            type,
            event_id: `e_${index}`,
          }),
        );
        const raw = (): readonly WireEvent[] =>
          flow
            .from("event")
            .slice(from)
            .filter(
              ({ topic, payload }) => topic === "raw" && payload.type === type,
            )
            .map(({ payload }) => payload);
        await flow.until("all of them", () => raw().length >= samples.length);
        assert.deepEqual(
          raw(),
          samples.map((sample, index) => ({
            ...withoutSecrets(distinct(sample, index)),
            type,
            event_id: `e_${index}`,
          })),
        );
      });

    for (const { node, how } of deliveredBy(type)) {
      if (how === "`raw`") continue;
      it(`${type} comes out of ${node} as ${how}`, async () => {
        const [flow, session] = await deploy();
        const kind = /^kind `(.*)`$/.exec(how)?.[1];
        session.send({
          type: "response.created",
          response: { id: "resp_1", status: "in_progress" },
        });
        session.send(fitting(type, samples, kind ?? node));
        for (const event of whatFollows(type)) session.send(event);
        const msg = await flow.message(
          node,
          `what ${type} brings`,
          ({ topic }) => kind === undefined || topic === kind,
        );
        assert.equal(msg.voice.conversation, "default");
        assert.notEqual(msg.payload, undefined);
        assert.notEqual(msg.payload, "");
      });
    }
  }
});

/** Two items of one name would be one item; what has an id gets its own. */
function distinct(sample: Record<string, unknown>, index: number): WireEvent {
  const named = Object.fromEntries(
    ["item", "response"].flatMap((name) =>
      isObject(sample[name])
        ? [[name, { ...sample[name], id: `${name}_${index}` }] as const]
        : [],
    ),
  );
  return { ...sample, ...named } as unknown as WireEvent;
}

/** The sample that travels this path: an event about items has a path for each kind of item. */
function fitting(
  type: string,
  samples: readonly Record<string, unknown>[],
  path: string,
): WireEvent {
  if (type === "response.done")
    return {
      type,
      response: {
        id: "resp_1",
        status: "completed",
        usage: { total_tokens: 3 },
      },
    };
  const itemType = ITEM_OF[path];
  const isItemEvent = samples.some(({ item }) => item !== undefined);
  if (!isItemEvent || !itemType) return { type, ...samples[0] };
  const item = {
    ...(samples
      .map((sample) => sample["item"])
      .find((each) => isObject(each) && each["type"] === itemType) as object),
    // In no list of the specification (protocol.md §8.1).
    ...(itemType === "foundry_agent_call" && {
      type: itemType,
      name: "helper",
      call_id: "call_1",
    }),
    ...(itemType === "function_call" && {
      name: "some_text",
      status: "completed",
      arguments: "{}",
    }),
    id: "item_1",
  };
  return { type, ...samples[0], item };
}

/** Some things are told only when their item or their response is complete. */
function whatFollows(type: string): readonly WireEvent[] {
  const message = {
    id: "item_1",
    type: "message",
    role: "assistant",
    status: "completed",
    content: [],
  };
  const itemDone: WireEvent = {
    type: "response.output_item.done",
    response_id: "resp_1",
    output_index: 0,
    item: message,
  };
  const done: WireEvent = {
    type: "response.done",
    response: { id: "resp_1", status: "completed" },
  };
  if (/(text|transcript)\.done$/.test(type)) return [itemDone, done];
  return type === "response.output_item.done" ? [done] : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
