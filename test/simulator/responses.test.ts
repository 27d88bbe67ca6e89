import assert from "node:assert/strict";
import { silence } from "../../lib/audio";
import {
  type Behaviour,
  type Simulator,
  startSimulator,
} from "../../lib/simulator";
import { connect, type Peer, type WireEvent } from "./peer";
import { audioOf, spoken, tone } from "./sounds";

const TOOLS = ["get_weather", "set_light"].map((name) => ({
  type: "function",
  name,
  parameters: {},
}));

describe("A response", () => {
  let simulator: Simulator;
  let behaviours: Behaviour[];
  beforeEach(async () => {
    behaviours = [];
    simulator = await startSimulator({
      speed: 100,
      behaviours: [(context) => behaviours[0]?.(context)],
    });
  });
  afterEach(() => simulator.close());

  /** Lets a response run that lasts until something ends it. */
  async function talking(peer: Peer): Promise<WireEvent> {
    behaviours = [
      () => [
        { say: "Once upon a time, a small radio stood on a window sill." },
        { stall: 1e8 },
      ],
    ];
    peer.send({ type: "response.create" });
    const created = await peer.until("response.created");
    await peer.until("response.audio.delta");
    return created;
  }

  it("to typed text follows the order of protocol.md §12 B", async () => {
    const peer = await connect(simulator);
    const from = peer.events.length;
    peer.type("hello");
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    assert.deepEqual(
      peer
        .typesFrom(from)
        .filter((type) => !/audio(_transcript)?\.delta$/.test(type)),
      [
        "conversation.item.created",
        "response.created",
        "response.output_item.added",
        "conversation.item.created",
        "response.content_part.added",
        "response.audio.done",
        "response.audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
      ],
    );
    assert.equal(response.status, "completed");
  });

  it("says in its final text what its deltas said, in part, item and response alike", async () => {
    const peer = await connect(simulator);
    peer.type("tell me a story");
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    const deltas = peer.events
      .filter(({ type }) => type === "response.audio_transcript.delta")
      .map(({ delta }) => delta);
    const done = peer.events.find(
      ({ type }) => type === "response.audio_transcript.done",
    );
    assert.equal(done?.transcript, deltas.join(""));
    assert.equal(response.output[0].content[0].transcript, deltas.join(""));
    assert.match(deltas.join(""), /window sill\. Every evening/);
  });

  it("without audio is written in text events", async () => {
    const peer = await connect(simulator, {
      session: { modalities: ["text"] },
    });
    peer.type("hello");
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    assert.deepEqual(response.output[0].content, [
      { type: "text", text: "Hello, nice to hear you." },
    ]);
    assert.equal(audioOf(peer.events).length, 0);
    assert.equal(
      peer.events.find(({ type }) => type === "response.text.done")?.text,
      "Hello, nice to hear you.",
    );
  });

  it("calls several functions in one response and follows up only when asked", async () => {
    const peer = await connect(simulator, { session: { tools: TOOLS } });
    peer.type(
      "What is the weather in Porto, and please turn off the hall lamp",
    );
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    assert.deepEqual(
      response.output.map(({ name, arguments: args }: WireEvent) => [
        name,
        JSON.parse(args),
      ]),
      [
        ["get_weather", { city: "Porto" }],
        ["set_light", { room: "hall", on: false }],
      ],
    );
    const outputs = ['{"sky":"cloudy","temperature":17}', "ok"];
    response.output.forEach(({ call_id, id }: WireEvent, index: number) =>
      peer.send({
        type: "conversation.item.create",
        previous_item_id: id,
        item: { type: "function_call_output", call_id, output: outputs[index] },
      }),
    );
    await peer.until("conversation.item.created");
    peer.send({ type: "input_audio_buffer.clear" });
    await peer.until("input_audio_buffer.cleared");
    assert.equal(
      peer.events.filter(({ type }) => type === "response.created").length,
      1,
    );
    peer.send({ type: "response.create" });
    const followUp = (await peer.until("response.done")).response;
    assert.equal(
      followUp.output[0].content[0].transcript,
      "It is cloudy in Porto, with 17 degrees. The hall light is off.",
    );
  });

  it("streams the arguments of a call after its item, in pieces that add up", async () => {
    const peer = await connect(simulator, { session: { tools: TOOLS } });
    behaviours = [
      () => [
        { say: "One moment." },
        { call: "get_weather", arguments: { city: "Vila Nova de Gaia" } },
      ],
    ];
    const from = peer.events.length;
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    const call = peer.events.filter((event) => event["output_index"] === 1);
    assert.deepEqual(
      call
        .map(({ type }) => type)
        .filter((type, index, all) => type !== all[index - 1]),
      [
        "response.output_item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
      ],
    );
    const deltas = call
      .filter(({ type }) => type.endsWith("arguments.delta"))
      .map(({ delta }) => delta);
    const done = call.find(({ type }) => type.endsWith("arguments.done"));
    assert.equal(deltas.join(""), '{"city":"Vila Nova de Gaia"}');
    assert.deepEqual(
      [done?.arguments, done?.name],
      [deltas.join(""), "get_weather"],
    );
    assert.deepEqual(
      response.output.map(({ type }: WireEvent) => type),
      ["message", "function_call"],
    );
    assert.equal(peer.typesFrom(from).at(-1), "response.done");
  });

  it("cannot be started while another runs", async () => {
    const peer = await connect(simulator);
    const { response } = await talking(peer);
    const error = await peer.refusal({
      type: "response.create",
      event_id: "second",
    });
    assert.deepEqual(
      [error.code, error.event_id],
      ["conversation_already_has_active_response", "second"],
    );
    assert.ok(error.message.includes(response.id));
  });

  it("ends the running one when the simulator is told so", async () => {
    const generous = await startSimulator({
      cancelPrevious: true,
      behaviours: [() => [{ stall: 1e8 }]],
    });
    try {
      const peer = await connect(generous);
      peer.send({ type: "response.create" });
      const first = (await peer.until("response.created")).response;
      peer.send({ type: "response.create" });
      const { response } = await peer.until("response.done");
      assert.deepEqual([response.id, response.status], [first.id, "cancelled"]);
      assert.notEqual(
        (await peer.until("response.created")).response.id,
        first.id,
      );
    } finally {
      await generous.close();
    }
  });

  it("that is cancelled closes what is open and keeps what was said", async () => {
    const peer = await connect(simulator);
    await talking(peer);
    const from = peer.events.length;
    peer.send({ type: "response.cancel" });
    const { response } = await peer.until("response.done");
    assert.deepEqual(
      peer.typesFrom(from).filter((type) => !type.endsWith("delta")),
      [
        "response.audio.done",
        "response.audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
      ],
    );
    assert.deepEqual(response.status_details, {
      type: "cancelled",
      reason: "client_cancelled",
    });
    assert.equal(response.output[0].status, "incomplete");
  });

  it("can be cancelled only while it runs", async () => {
    const peer = await connect(simulator);
    assert.equal(
      (await peer.refusal({ type: "response.cancel" })).code,
      "response_cancel_not_active",
    );
    await talking(peer);
    assert.equal(
      (await peer.refusal({ type: "response.cancel", response_id: "resp_x" }))
        .code,
      "response_cancel_not_active",
    );
  });

  it("beside the conversation runs while another is active and leaves no item", async () => {
    const peer = await connect(simulator);
    await talking(peer);
    behaviours = [];
    const items = simulator.sessions[0]?.items.length;
    peer.send({
      type: "response.create",
      response: {
        conversation: "none",
        input_items: [],
        metadata: { for: "me" },
      },
    });
    const { response } = await peer.until("response.done");
    assert.deepEqual(
      [response.status, response.conversation_id, response.metadata.for],
      ["completed", null, "me"],
    );
    assert.equal(simulator.sessions[0]?.items.length, items);
  });

  it("speaks a prepared message word for word", async () => {
    const peer = await connect(simulator);
    const message = {
      type: "message",
      role: "assistant",
      content: [{ type: "text", text: "Good day, Ada." }],
    };
    peer.send({
      type: "response.create",
      response: { pre_generated_assistant_message: message },
    });
    const { response } = await peer.until("response.done");
    assert.equal(response.output[0].content[0].transcript, "Good day, Ada.");
    assert.ok(audioOf(peer.events).length > 0);
  });

  it("ends incomplete at its token limit", async () => {
    const peer = await connect(simulator);
    peer.type("tell me a story");
    peer.send({ type: "response.create", response: { max_output_tokens: 30 } });
    const { response } = await peer.until("response.done");
    assert.deepEqual(
      [response.status, response.status_details.reason],
      ["incomplete", "max_output_tokens"],
    );
    assert.ok(
      response.usage.output_tokens <= 30 && response.usage.output_tokens > 20,
    );
  });

  it("that fails says why", async () => {
    const peer = await connect(simulator);
    behaviours = [
      () => [{ fail: { code: "overloaded", message: "Too busy." } }],
    ];
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    assert.equal(response.status, "failed");
    assert.deepEqual(response.status_details.error, {
      type: "server_error",
      code: "overloaded",
      message: "Too busy.",
    });
  });

  it("survives a behaviour that throws", async () => {
    const peer = await connect(simulator);
    behaviours = [
      () => {
        throw new Error("my mistake");
      },
    ];
    peer.send({ type: "response.create" });
    assert.equal(
      (await peer.until("response.done")).response.status_details.error.message,
      "my mistake",
    );
  });

  for (const [format, bytesPerSecond] of [
    ["pcm16", 48_000],
    ["pcm16_8000hz", 16_000],
    ["pcm16_16000hz", 32_000],
    ["pcm16_44100hz", 88_200],
    ["g711_alaw", 8000],
  ] as const) {
    it(`plays as long in ${format} as it was recorded`, async () => {
      const peer = await connect(simulator, {
        session: { output_audio_format: format },
      });
      behaviours = [
        () => [
          {
            play: { pcm: tone(1000), sampleRate: 24_000 },
            transcript: "a tone",
          },
        ],
      ];
      peer.send({ type: "response.create" });
      await peer.until("response.done");
      const bytes = audioOf(peer.events).length;
      assert.ok(Math.abs(bytes - bytesPerSecond) <= 2, `${bytes} bytes`);
    });
  }

  it("gives the place of each word when an Azure voice is asked to", async () => {
    const peer = await connect(simulator, {
      session: {
        output_audio_timestamp_types: ["word"],
        voice: { type: "azure-standard", name: "en-US-AvaNeural" },
      },
    });
    peer.type("hello");
    peer.send({ type: "response.create" });
    await peer.until("response.done");
    const words = peer.events.filter(
      ({ type }) => type === "response.audio_timestamp.delta",
    );
    assert.equal(
      words.map(({ text }) => text).join(" "),
      "Hello, nice to hear you.",
    );
    assert.ok(
      words.every(
        ({ audio_offset_ms: ms }, i) =>
          i === 0 || ms > words[i - 1]?.["audio_offset_ms"],
      ),
    );
  });

  it("reports usage that adds up, and the session keeps the sum", async () => {
    const peer = await connect(simulator);
    let total = 0;
    for (const text of ["hello", "thank you"]) {
      peer.type(text);
      peer.send({ type: "response.create" });
      const { usage } = (await peer.until("response.done")).response;
      assert.equal(
        usage.total_tokens,
        usage.input_tokens + usage.output_tokens,
      );
      assert.equal(
        usage.output_tokens,
        usage.output_token_details.text_tokens +
          usage.output_token_details.audio_tokens,
      );
      total += usage.total_tokens;
    }
    assert.equal(simulator.sessions[0]?.usage.totalTokens, total);
    assert.equal(simulator.sessions[0]?.usage.responses, 2);
  });
});

const long: Behaviour = () => [
  { say: "Once upon a time, a small radio stood on a window sill." },
  { stall: 1e8 },
];

describe("Barge-in", () => {
  let simulator: Simulator;
  let answer: Behaviour | undefined;
  beforeEach(async () => {
    answer = undefined;
    simulator = await startSimulator({
      speed: 100,
      script: "echo",
      behaviours: [(context) => answer?.(context)],
    });
  });
  afterEach(() => simulator.close());

  async function interrupted(detection: object): Promise<Peer> {
    const peer = await connect(simulator, {
      session: { turn_detection: { type: "server_vad", ...detection } },
    });
    answer = long;
    peer.send({ type: "response.create" });
    await peer.until("response.audio.delta");
    answer = undefined;
    return peer;
  }

  it("cancels the response at the start of speech and then answers the new turn", async () => {
    const peer = await interrupted({});
    const from = peer.events.length;
    peer.append(spoken("question-hello.wav"));
    await peer.until("input_audio_buffer.speech_started");
    const { response } = await peer.until("response.done");
    assert.deepEqual(response.status_details, {
      type: "cancelled",
      reason: "turn_detected",
    });
    assert.equal(
      (await peer.until("response.done")).response.status,
      "completed",
    );
    const types = peer.typesFrom(from);
    assert.ok(
      types.indexOf("input_audio_buffer.speech_started") <
        types.indexOf("response.done"),
    );
    assert.ok(
      types.indexOf("response.done") <
        types.indexOf("input_audio_buffer.speech_stopped"),
    );
    assert.ok(!types.includes("conversation.item.truncated"));
  });

  it("truncates by itself with auto_truncate, to no more than was heard", async () => {
    const peer = await interrupted({ auto_truncate: true });
    peer.append(tone(400));
    await peer.until("response.done");
    const truncated = await peer.until("conversation.item.truncated");
    const item = simulator.sessions[0]?.items[0];
    assert.equal(truncated.item_id, item?.item.id);
    assert.ok(
      Number.isInteger(truncated.audio_end_ms) && truncated.audio_end_ms >= 0,
    );
    assert.equal(item?.sound?.pcm.length, truncated.audio_end_ms * 48);
  });

  it("waits for the end of the response when interrupt_response is false", async () => {
    const peer = await interrupted({ interrupt_response: false });
    peer.append(Buffer.concat([tone(400), silence(600, 24_000)]));
    const user = await peer.until("conversation.item.created");
    peer.send({ type: "response.cancel" });
    await peer.until("response.done");
    const { response } = await peer.until("response.done");
    assert.equal(response.status, "completed");
    const answered = peer.events
      .filter(({ type }) => type === "conversation.item.created")
      .at(-1);
    assert.equal(answered?.previous_item_id, user.item.id);
  });
});
