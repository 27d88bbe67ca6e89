import assert from "node:assert/strict";
import type { AnyServerEvent } from "../../lib/protocol";
import {
  type SimulatedSession,
  type Simulator,
  startSimulator,
} from "../../lib/simulator";
import { recording, spoken } from "./sounds";

// The official client is an ES module.
const official = import("@azure/ai-voicelive");
type Client = Awaited<typeof official>;
type ClientSession = InstanceType<Client["VoiceLiveSession"]>;
type ClientEvent = Parameters<ClientSession["sendEvent"]>[0];
type Handlers = Parameters<ClientSession["subscribe"]>[0];
type Received = Parameters<NonNullable<Handlers["onServerEvent"]>>[0];

/** The official client beside the simulator's own view of the same session. */
class Conversation {
  readonly received: Received[] = [];
  readonly sent: AnyServerEvent[] = [];
  readonly client: ClientSession;
  readonly server: SimulatedSession;
  #wake: (() => void) | undefined;
  #read = 0;

  private constructor(
    client: ClientSession,
    server: SimulatedSession,
    received: Received[],
    sent: AnyServerEvent[],
  ) {
    this.client = client;
    this.server = server;
    this.received = received;
    this.sent = sent;
  }

  static async open(simulator: Simulator): Promise<Conversation> {
    const { VoiceLiveClient } = await official;
    const client = new VoiceLiveClient(simulator.httpUrl, {
      key: "any",
    }).createSession("gpt-realtime");
    const [received, sent]: [Received[], AnyServerEvent[]] = [[], []];
    let conversation: Conversation | undefined;
    client.subscribe({
      onServerEvent: async (event) => {
        received.push(event);
        conversation?.wake();
      },
    });
    simulator.once("session", (session) =>
      session.on("server", (event) => sent.push(event)),
    );
    await client.connect();
    const server = simulator.sessions[0];
    assert.ok(server);
    conversation = new Conversation(client, server, received, sent);
    await conversation.until("session.created");
    return conversation;
  }

  wake(): void {
    this.#wake?.();
  }

  async until(type: string): Promise<Received> {
    for (;;) {
      const event = this.received[this.#read];
      if (!event) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      this.#read += 1;
      if (event.type === type) return event;
    }
  }

  send(event: ClientEvent): Promise<void> {
    return this.client.sendEvent(event);
  }

  async update(
    session: Parameters<ClientSession["updateSession"]>[0],
  ): Promise<void> {
    await this.client.updateSession(session);
    await this.until("session.updated");
  }

  /** Every event that was sent has arrived, in order, and none of them is an error. */
  async expectNothingLost(): Promise<void> {
    await this.client.sendEvent({ type: "input_audio_buffer.clear" });
    await this.until("input_audio_buffer.cleared");
    assert.deepEqual(
      this.received.map(({ type, eventId }) => [type, eventId]),
      this.sent.map(({ type, event_id }) => [type, event_id]),
    );
    const errors = this.received.filter(({ type }) => type === "error");
    assert.deepEqual(errors, []);
  }
}

describe("The official client", () => {
  let simulator: Simulator;
  let talk: Conversation;
  beforeEach(async () => {
    simulator = await startSimulator({ speed: 50 });
    talk = await Conversation.open(simulator);
  });
  afterEach(async () => {
    await talk.client.dispose();
    await simulator.close();
  });

  async function type(text: string): Promise<void> {
    await talk.client.addConversationItem({
      type: "message",
      role: "user",
      content: [{ type: "input_text", text }],
    });
    await talk.send({ type: "response.create" });
  }

  it("creates and updates a session", async () => {
    await talk.update({
      instructions: "Be brief.",
      voice: { type: "azure-standard", name: "en-US-AvaNeural" },
      turnDetection: { type: "azure_semantic_vad", silenceDurationInMs: 300 },
      inputAudioTranscription: { model: "azure-speech" },
      inputAudioEchoCancellation: { type: "server_echo_cancellation" },
    });
    assert.equal(talk.server.settings.instructions, "Be brief.");
    assert.equal(
      talk.server.settings.turn_detection?.type,
      "azure_semantic_vad",
    );
    await talk.expectNothingLost();
  });

  it("holds a spoken turn found by detection", async () => {
    await talk.update({
      inputAudioTranscription: { model: "azure-speech" },
      outputAudioTimestampTypes: ["word"],
      voice: { type: "azure-standard", name: "en-US-AvaNeural" },
    });
    await talk.client.sendAudio(spoken("question-hello.wav"));
    await talk.until("response.done");
    assert.ok(
      talk.received.some(
        ({ type: name }) =>
          name === "conversation.item.input_audio_transcription.completed",
      ),
    );
    await talk.expectNothingLost();
  });

  it("holds a turn committed by hand", async () => {
    // The client writes null as it stands, though its types do not offer it.
    const manual: ClientEvent = JSON.parse(
      '{"type":"session.update","session":{"turnDetection":null}}',
    );
    await talk.send(manual);
    await talk.until("session.updated");
    assert.equal(talk.server.settings.turn_detection, null);
    await talk.client.sendAudio(recording("question-hello.wav"));
    await talk.send({ type: "input_audio_buffer.commit" });
    await talk.until("conversation.item.created");
    await talk.send({ type: "response.create" });
    await talk.until("response.done");
    await talk.expectNothingLost();
  });

  it("holds a typed turn", async () => {
    await type("Hello!");
    await talk.until("response.done");
    await talk.expectNothingLost();
  });

  it("answers a function call and gets the follow-up", async () => {
    await talk.update({
      tools: [
        {
          type: "function",
          name: "get_weather",
          parameters: { type: "object" },
        },
      ],
    });
    await type("What is the weather in Lisbon?");
    const done = await talk.until("response.function_call_arguments.done");
    await talk.until("response.done");
    await talk.client.addConversationItem({
      type: "function_call_output",
      callId: "callId" in done ? done.callId : "",
      output: '{"temperature": 21, "sky": "sunny"}',
    });
    await talk.send({ type: "response.create" });
    const followUp = await talk.until("response.audio_transcript.done");
    assert.equal(
      "transcript" in followUp && followUp.transcript,
      "It is sunny in Lisbon, with 21 degrees.",
    );
    await talk.until("response.done");
    await talk.expectNothingLost();
  });

  it("cancels a response and truncates what it said", async () => {
    await type("Tell me a story.");
    const delta = await talk.until("response.audio.delta");
    await talk.send({ type: "response.cancel" });
    const done = await talk.until("response.done");
    assert.equal("response" in done && done.response.status, "cancelled");
    await talk.send({
      type: "conversation.item.truncate",
      itemId: "itemId" in delta ? delta.itemId : "",
      contentIndex: 0,
      audioEndInMs: 60,
    });
    await talk.until("conversation.item.truncated");
    await talk.expectNothingLost();
  });

  it("retrieves and deletes an item", async () => {
    await type("Hello!");
    await talk.until("response.done");
    const itemId = talk.server.items.at(-1)?.item.id ?? "";
    await talk.send({ type: "conversation.item.retrieve", itemId });
    await talk.until("conversation.item.retrieved");
    await talk.send({ type: "conversation.item.delete", itemId });
    await talk.until("conversation.item.deleted");
    await talk.expectNothingLost();
  });
});
