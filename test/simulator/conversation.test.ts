import assert from "node:assert/strict";
import { type Simulator, startSimulator } from "../../lib/simulator";
import { connect, type Peer } from "./peer";
import { audioOf, recording } from "./sounds";

const message = (role: string, part: object, id?: string) => ({
  type: "message",
  role,
  id,
  content: [part],
});
const text = (id: string) =>
  message("user", { type: "input_text", text: id }, id);

describe("The conversation", () => {
  let simulator: Simulator;
  let peer: Peer;
  beforeEach(async () => {
    simulator = await startSimulator({ speed: Infinity });
    peer = await connect(simulator);
  });
  afterEach(() => simulator.close());

  function create(item: object, previousItemId?: string | null): void {
    peer.send({
      type: "conversation.item.create",
      previous_item_id: previousItemId,
      item,
    });
  }

  it("takes items at the end, at the start and after another, and says what is before", async () => {
    const before: unknown[] = [];
    for (const [id, previous] of [
      ["a"],
      ["b", null],
      ["c", "root"],
      ["d", "c"],
    ] as const) {
      create(text(id), previous);
      before.push(
        (await peer.until("conversation.item.created")).previous_item_id,
      );
    }
    assert.deepEqual(before, [null, "a", null, "c"]);
    assert.deepEqual(
      simulator.sessions[0]?.items.map(({ item }) => item.id),
      ["c", "d", "a", "b"],
    );
  });

  for (const [name, item, param] of [
    [
      "without content",
      { type: "message", role: "user", content: [] },
      "item.content",
    ],
    [
      "of an unknown role",
      message("robot", { type: "input_text", text: "x" }),
      "item.role",
    ],
    [
      "with assistant audio",
      message("assistant", { type: "audio", transcript: "x" }),
      "item.content[0].type",
    ],
    [
      "with input text from the assistant",
      message("assistant", { type: "input_text", text: "x" }),
      "item.content[0].type",
    ],
    [
      "with text from the user",
      message("user", { type: "text", text: "x" }),
      "item.content[0].type",
    ],
    [
      "with audio from the system",
      message("system", { type: "input_audio", audio: "" }),
      "item.content[0].type",
    ],
    [
      "that answers an unknown call",
      { type: "function_call_output", call_id: "call_x", output: "1" },
      "item.call_id",
    ],
  ] as const) {
    it(`refuses an item ${name}`, async () => {
      const error = await peer.refusal({
        type: "conversation.item.create",
        item,
      });
      assert.equal(error.param, param);
      assert.equal(simulator.sessions[0]?.items.length, 0);
    });
  }

  it("refuses an item after an unknown one and an id that is taken", async () => {
    const unknown = await peer.refusal({
      type: "conversation.item.create",
      previous_item_id: "nobody",
      item: text("a"),
    });
    create(text("a"));
    const taken = await peer.refusal({
      type: "conversation.item.create",
      item: text("a"),
    });
    assert.deepEqual(
      [unknown.param, taken.param],
      ["previous_item_id", "item.id"],
    );
  });

  it("gives an item back with its audio", async () => {
    const audio = recording("question-light.wav");
    create(
      message(
        "user",
        { type: "input_audio", audio: audio.toString("base64") },
        "spoken",
      ),
    );
    peer.send({ type: "conversation.item.retrieve", item_id: "spoken" });
    const { item } = await peer.until("conversation.item.retrieved");
    assert.equal(item.content[0].audio, audio.toString("base64"));
  });

  it("hears audio that was created as an item", async () => {
    const audio = recording("question-story.wav").toString("base64");
    create(message("user", { type: "input_audio", audio }));
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    assert.match(response.output[0].content[0].transcript, /^Once upon a time/);
  });

  it("gives the assistant's audio back as it was sent, with its format", async () => {
    create(text("hello"));
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    peer.send({
      type: "conversation.item.retrieve",
      item_id: response.output[0].id,
    });
    const part = (await peer.until("conversation.item.retrieved")).item
      .content[0];
    assert.equal(part.format, "pcm16");
    assert.equal(
      Buffer.from(part.audio, "base64").equals(audioOf(peer.events)),
      true,
    );
  });

  it("forgets audio and transcript that were truncated", async () => {
    create(text("hello"));
    peer.send({ type: "response.create" });
    const { id } = (await peer.until("response.done")).response.output[0];
    peer.send({
      type: "conversation.item.truncate",
      item_id: id,
      content_index: 0,
      audio_end_ms: 250,
    });
    await peer.until("conversation.item.truncated");
    peer.send({ type: "conversation.item.retrieve", item_id: id });
    const part = (await peer.until("conversation.item.retrieved")).item
      .content[0];
    assert.equal(part.transcript, null);
    assert.equal(Buffer.from(part.audio, "base64").length, 250 * 48);
  });

  it("truncates nothing but what was generated", async () => {
    create(text("hello"));
    peer.send({ type: "response.create" });
    const { id } = (await peer.until("response.done")).response.output[0];
    const generatedMs = Math.floor(audioOf(peer.events).length / 48);
    const truncate = {
      type: "conversation.item.truncate",
      item_id: id,
      content_index: 0,
      audio_end_ms: generatedMs,
    };
    const refusals = [
      await peer.refusal({ ...truncate, audio_end_ms: generatedMs + 1 }),
      await peer.refusal({ ...truncate, content_index: 1 }),
      await peer.refusal({ ...truncate, item_id: "hello" }),
      await peer.refusal({ ...truncate, item_id: "nobody" }),
    ];
    assert.deepEqual(
      refusals.map(({ code }) => code),
      [
        "invalid_value",
        "invalid_value",
        "item_truncate_invalid_item_id",
        "item_truncate_invalid_item_id",
      ],
    );
    peer.send(truncate);
    assert.equal(
      (await peer.until("conversation.item.truncated")).audio_end_ms,
      generatedMs,
    );
  });

  it("deletes and retrieves only what it holds", async () => {
    create(text("a"));
    peer.send({ type: "conversation.item.delete", item_id: "a" });
    await peer.until("conversation.item.deleted");
    const deleted = await peer.refusal({
      type: "conversation.item.delete",
      item_id: "a",
    });
    const retrieved = await peer.refusal({
      type: "conversation.item.retrieve",
      item_id: "a",
    });
    assert.deepEqual(
      [deleted.code, retrieved.code],
      ["item_delete_invalid_item_id", "item_retrieve_invalid_item_id"],
    );
  });

  it("takes text that arrives piece by piece", async () => {
    create(message("user", { type: "input_text", text: "" }, "typed"));
    for (const delta of ["tha", "nk you"])
      peer.send({ type: "input_text.delta", id: "typed", delta });
    peer.send({ type: "input_text.done", id: "typed" });
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    assert.equal(response.output[0].content[0].transcript, "You are welcome.");
    assert.equal(
      (
        await peer.refusal({
          type: "input_text.delta",
          id: "nobody",
          delta: "x",
        })
      ).param,
      "id",
    );
  });

  for (const [name, frame, code] of [
    ["no JSON", "{", "invalid_json"],
    ["no object", "[1]", "invalid_event"],
    ["no type", "{}", "missing_required_parameter"],
    [
      "an unknown type",
      '{"type":"session.explode","event_id":"e"}',
      "invalid_value",
    ],
    [
      "a missing member",
      '{"type":"conversation.item.delete"}',
      "missing_required_parameter",
    ],
    [
      "audio that is no base64",
      '{"type":"input_audio_buffer.append","audio":"*"}',
      "invalid_value",
    ],
    [
      "an event that is not simulated",
      '{"type":"input_audio.turn.start","turn_id":"t"}',
      "invalid_value",
    ],
  ] as const) {
    it(`goes on after a frame with ${name}`, async () => {
      peer.socket.send(frame);
      assert.equal((await peer.until("error")).error.code, code);
      create(text("still here"));
      await peer.until("conversation.item.created");
    });
  }

  it("logs what the client sent with audio replaced by its size", async () => {
    peer.append(Buffer.alloc(960));
    create(
      message("user", {
        type: "input_audio",
        audio: Buffer.alloc(480).toString("base64"),
      }),
    );
    await peer.until("conversation.item.created");
    const [append, item] = simulator.sessions[0]?.received ?? [];
    assert.deepEqual(append, {
      type: "input_audio_buffer.append",
      audioBytes: 960,
    });
    assert.match(JSON.stringify(item), /"audioBytes":480/);
    assert.doesNotMatch(JSON.stringify(item), /"audio":/);
  });
});
