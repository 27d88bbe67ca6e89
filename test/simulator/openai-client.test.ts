import assert from "node:assert/strict";
import { connect } from "node:net";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import type {
  RealtimeClientEvent,
  RealtimeServerEvent,
  RealtimeSessionCreateRequest,
} from "openai/resources/realtime/realtime";
import {
  type ScriptOption,
  type SimulatedSession,
  type Simulator,
  startSimulator,
} from "../../lib/simulator";
import { recording, spoken, tone } from "./sounds";

type ServerType = RealtimeServerEvent["type"];
type EventOf<T> = Extract<RealtimeServerEvent, { type: T }>;

/** The compiler keeps this list as long as the client's own types. */
const KNOWN: Readonly<Record<ServerType, true>> = {
  "conversation.created": true,
  "conversation.item.added": true,
  "conversation.item.created": true,
  "conversation.item.deleted": true,
  "conversation.item.done": true,
  "conversation.item.input_audio_transcription.completed": true,
  "conversation.item.input_audio_transcription.delta": true,
  "conversation.item.input_audio_transcription.failed": true,
  "conversation.item.input_audio_transcription.segment": true,
  "conversation.item.retrieved": true,
  "conversation.item.truncated": true,
  error: true,
  "input_audio_buffer.cleared": true,
  "input_audio_buffer.committed": true,
  "input_audio_buffer.dtmf_event_received": true,
  "input_audio_buffer.speech_started": true,
  "input_audio_buffer.speech_stopped": true,
  "input_audio_buffer.timeout_triggered": true,
  "mcp_list_tools.completed": true,
  "mcp_list_tools.failed": true,
  "mcp_list_tools.in_progress": true,
  "output_audio_buffer.cleared": true,
  "output_audio_buffer.started": true,
  "output_audio_buffer.stopped": true,
  "rate_limits.updated": true,
  "response.content_part.added": true,
  "response.content_part.done": true,
  "response.created": true,
  "response.done": true,
  "response.function_call_arguments.delta": true,
  "response.function_call_arguments.done": true,
  "response.mcp_call.completed": true,
  "response.mcp_call.failed": true,
  "response.mcp_call.in_progress": true,
  "response.mcp_call_arguments.delta": true,
  "response.mcp_call_arguments.done": true,
  "response.output_audio.delta": true,
  "response.output_audio.done": true,
  "response.output_audio_transcript.delta": true,
  "response.output_audio_transcript.done": true,
  "response.output_item.added": true,
  "response.output_item.done": true,
  "response.output_text.delta": true,
  "response.output_text.done": true,
  "session.created": true,
  "session.updated": true,
};

/** OpenAI's own client, its socket led to the simulator instead of to its host. */
class Talk {
  readonly received: RealtimeServerEvent[] = [];
  readonly failures: string[] = [];
  readonly client: OpenAIRealtimeWS;
  readonly server: SimulatedSession;
  #read = 0;
  #wake: (() => void) | undefined;

  private constructor(client: OpenAIRealtimeWS, server: SimulatedSession) {
    this.client = client;
    this.server = server;
  }

  static async open(simulator: Simulator): Promise<Talk> {
    const opened = new Promise<SimulatedSession>((resolve) =>
      simulator.once("session", resolve),
    );
    const client = new OpenAIRealtimeWS(
      {
        model: "gpt-realtime",
        options: {
          createConnection: () => connect(simulator.port, "127.0.0.1"),
        },
      },
      new OpenAI({ apiKey: "sk-any" }),
    );
    const early: RealtimeServerEvent[] = [];
    client.on("event", (event) => early.push(event));
    const talk = new Talk(client, await opened);
    talk.received.push(...early);
    client.on("event", (event) => {
      talk.received.push(event);
      talk.#wake?.();
    });
    client.on("error", (error) => talk.failures.push(error.message));
    await talk.until("session.created");
    return talk;
  }

  send(event: RealtimeClientEvent): void {
    this.client.send(event);
  }

  append(audio: Buffer): void {
    const type = "input_audio_buffer.append";
    this.send({ type, audio: audio.toString("base64") });
  }

  type(text: string): void {
    this.send({
      type: "conversation.item.create",
      item: {
        type: "message",
        role: "user",
        content: [{ type: "input_text", text }],
      },
    });
    this.send({ type: "response.create" });
  }

  async update(
    session: Omit<RealtimeSessionCreateRequest, "type">,
  ): Promise<EventOf<"session.updated">> {
    this.send({
      type: "session.update",
      session: { type: "realtime", ...session },
    });
    return this.until("session.updated");
  }

  async until<T extends ServerType>(type: T): Promise<EventOf<T>> {
    for (;;) {
      const event = this.received[this.#read];
      if (!event) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      this.#read += 1;
      if (isOfType(event, type)) return event;
      assert.notEqual(event.type, "error", this.failures.join());
    }
  }

  types(): string[] {
    const types = this.received.map(({ type }) => type);
    return types.filter((type, index) => type !== types[index - 1]);
  }

  /** Nothing came that the client does not know, and nothing that it takes for an error. */
  async expectNoSurprise(): Promise<void> {
    this.send({ type: "input_audio_buffer.clear" });
    await this.until("input_audio_buffer.cleared");
    const strangers = this.received.filter(({ type }) => !KNOWN[type]);
    assert.deepEqual(strangers, []);
    assert.deepEqual(this.failures, []);
    const ids = this.received.map((event) =>
      "event_id" in event ? event.event_id : "",
    );
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every((id) => typeof id === "string" && id !== ""));
  }
}

function isOfType<T extends ServerType>(
  event: RealtimeServerEvent,
  type: T,
): event is EventOf<T> {
  return event.type === type;
}

describe("OpenAI's own client", () => {
  let simulator: Simulator;
  let talk: Talk;

  async function start(script: ScriptOption = "assistant"): Promise<void> {
    simulator = await startSimulator({ speed: 50, script });
    talk = await Talk.open(simulator);
  }
  afterEach(async () => {
    talk.client.close();
    await simulator.close();
  });

  it("meets a service that says it is a simulator, in the shape of OpenAI's", async () => {
    await start();
    const [created] = talk.received;
    assert.ok(created && isOfType(created, "session.created"));
    assert.equal(talk.server.request.dialect, "openai");
    assert.equal("simulator" in created && created.simulator, true);
    const { session } = created;
    assert.ok(session.type === "realtime");
    assert.deepEqual(session.output_modalities, ["audio"]);
    assert.deepEqual(session.audio, {
      input: {
        format: { type: "audio/pcm", rate: 24_000 },
        transcription: null,
        noise_reduction: null,
        turn_detection: {
          type: "server_vad",
          threshold: 0.5,
          prefix_padding_ms: 300,
          silence_duration_ms: 500,
          create_response: true,
          interrupt_response: true,
        },
      },
      output: {
        format: { type: "audio/pcm", rate: 24_000 },
        voice: "alloy",
      },
    });
    const azures = ["avatar", "animation", "temperature", "voice", "agent"];
    assert.deepEqual(
      azures.filter((name) => name in session),
      [],
    );
    await talk.expectNoSurprise();
  });

  it("sets a session", async () => {
    await start();
    const { session } = await talk.update({
      instructions: "Be brief.",
      output_modalities: ["text"],
      audio: {
        input: {
          format: { type: "audio/pcmu" },
          noise_reduction: { type: "near_field" },
          transcription: { model: "gpt-4o-transcribe", language: "en" },
          turn_detection: { type: "semantic_vad", eagerness: "low" },
        },
        output: { voice: "marin", speed: 1.1 },
      },
      max_output_tokens: 800,
      tracing: "auto",
      truncation: "disabled",
    });
    assert.ok(session.type === "realtime");
    assert.deepEqual(session.audio?.input?.format, { type: "audio/pcmu" });
    assert.equal(session.audio?.output?.voice, "marin");
    assert.equal(session.audio?.output?.speed, 1.1);
    assert.equal(session.max_output_tokens, 800);
    assert.equal(session.truncation, "disabled");
    assert.equal(talk.server.settings.input_audio_format, "g711_ulaw");
    assert.equal(talk.server.settings.turn_detection?.type, "semantic_vad");
    await talk.expectNoSurprise();
  });

  it("holds a typed turn", async () => {
    await start();
    await talk.update({ output_modalities: ["text"] });
    talk.type("Hello!");
    const { text } = await talk.until("response.output_text.done");
    assert.equal(text, "Hello, nice to hear you.");
    const { response } = await talk.until("response.done");
    assert.deepEqual(response.output_modalities, ["text"]);
    assert.deepEqual(response.output?.[0], {
      id: response.output?.[0]?.id,
      object: "realtime.item",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text }],
    });
    await talk.expectNoSurprise();
  });

  it("holds a spoken turn found by detection, and sees each item begin and end", async () => {
    await start();
    await talk.update({
      audio: { input: { transcription: { model: "whisper-1" } } },
    });
    const from = talk.types().length;
    talk.append(spoken("question-hello.wav"));
    await talk.until("response.done");
    assert.deepEqual(
      talk
        .types()
        .slice(from)
        .filter(
          (type) => type !== "rate_limits.updated" && !type.endsWith(".delta"),
        ),
      [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.input_audio_transcription.completed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
      ],
    );
    const done = talk.received.filter((event) =>
      isOfType(event, "conversation.item.done"),
    );
    assert.deepEqual(
      done.map((event) => [
        event.previous_item_id ?? null,
        "status" in event.item && event.item.status,
      ]),
      [
        [null, "completed"],
        [done[0]?.item.id, "completed"],
      ],
    );
    await talk.expectNoSurprise();
  });

  it("holds a turn committed by hand", async () => {
    await start();
    await talk.update({ audio: { input: { turn_detection: null } } });
    talk.append(recording("question-hello.wav"));
    talk.send({ type: "input_audio_buffer.commit" });
    const { item } = await talk.until("conversation.item.done");
    assert.equal("role" in item && item.role, "user");
    talk.send({ type: "response.create" });
    await talk.until("response.done");
    await talk.expectNoSurprise();
  });

  it("answers a function call and gets the follow-up", async () => {
    await start();
    await talk.update({
      tools: [
        {
          type: "function",
          name: "get_weather",
          parameters: { type: "object" },
        },
      ],
    });
    talk.type("What is the weather in Lisbon?");
    const call = await talk.until("response.function_call_arguments.done");
    await talk.until("response.done");
    talk.send({
      type: "conversation.item.create",
      item: {
        type: "function_call_output",
        call_id: call.call_id,
        output: '{"temperature": 21, "sky": "sunny"}',
      },
    });
    talk.send({ type: "response.create" });
    const { transcript } = await talk.until(
      "response.output_audio_transcript.done",
    );
    assert.equal(transcript, "It is sunny in Lisbon, with 21 degrees.");
    await talk.until("response.done");
    await talk.expectNoSurprise();
  });

  it("interrupts a reply by speaking, and truncates what was not heard", async () => {
    // The reply goes on for as long as nobody interrupts it.
    await start([
      {
        when: {},
        do: [{ say: "Once upon a time there was a node." }, { stall: 600_000 }],
      },
    ]);
    talk.type("Tell me a story.");
    const delta = await talk.until("response.output_audio.delta");
    talk.append(Buffer.concat([tone(600), Buffer.alloc(48_000)]));
    await talk.until("input_audio_buffer.speech_started");
    const { response } = await talk.until("response.done");
    assert.deepEqual(response.status_details, {
      type: "cancelled",
      reason: "turn_detected",
    });
    talk.send({
      type: "conversation.item.truncate",
      item_id: delta.item_id,
      content_index: 0,
      audio_end_ms: 40,
    });
    const { audio_end_ms: end } = await talk.until(
      "conversation.item.truncated",
    );
    assert.equal(end, 40);
    await talk.expectNoSurprise();
  });

  it("answers beside the conversation, from input of its own", async () => {
    await start();
    talk.send({
      type: "response.create",
      response: {
        conversation: "none",
        output_modalities: ["text"],
        metadata: { purpose: "check" },
        input: [
          {
            type: "message",
            role: "user",
            content: [{ type: "input_text", text: "Hello!" }],
          },
        ],
      },
    });
    const { text } = await talk.until("response.output_text.done");
    assert.equal(text, "Hello, nice to hear you.");
    const { response } = await talk.until("response.done");
    assert.equal(response.conversation_id, null);
    assert.deepEqual(response.metadata, { purpose: "check" });
    assert.deepEqual(talk.server.items, []);
    await talk.expectNoSurprise();
  });

  it("retrieves and deletes an item", async () => {
    await start();
    talk.type("Hello!");
    await talk.until("response.done");
    const item_id = talk.server.items.at(-1)?.item.id ?? "";
    talk.send({ type: "conversation.item.retrieve", item_id });
    const { item } = await talk.until("conversation.item.retrieved");
    assert.ok("content" in item && item.content);
    assert.equal(item.content[0]?.type, "output_audio");
    talk.send({ type: "conversation.item.delete", item_id });
    await talk.until("conversation.item.deleted");
    await talk.expectNoSurprise();
  });

  it("is told of members that OpenAI does not know, and of values that it does not take", async () => {
    await start();
    const refusals: (string | null | undefined)[][] = [];
    const refuse = async (session: object): Promise<void> => {
      talk.send({
        type: "session.update",
        session: { type: "realtime", ...session },
      });
      const { error } = await talk.until("error");
      refusals.push([error.code, error.param]);
    };
    await refuse({ temperature: 0.7 });
    await refuse({ voice: "ash" });
    await refuse({ audio: { output: { voice: "en-US-AvaNeural" } } });
    await refuse({
      audio: { input: { format: { type: "audio/pcm", rate: 16_000 } } },
    });
    await refuse({
      audio: { input: { turn_detection: { type: "azure_semantic_vad" } } },
    });
    await refuse({
      audio: {
        input: { turn_detection: { type: "server_vad", threshold: 7 } },
      },
    });
    assert.deepEqual(refusals, [
      ["unknown_parameter", "session.temperature"],
      ["unknown_parameter", "session.voice"],
      ["invalid_value", "session.audio.output.voice"],
      ["invalid_value", "session.audio.input.format"],
      ["invalid_value", "session.audio.input.turn_detection.type"],
      ["invalid_value", "session.audio.input.turn_detection.threshold"],
    ]);
  });
});
