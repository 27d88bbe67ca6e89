import assert from "node:assert/strict";
import { decodeMulaw, encodeMulaw, interleave, silence } from "../../lib/audio";
import { type Simulator, startSimulator } from "../../lib/simulator";
import { connect } from "./peer";
import { at, audioOf, recording, spoken, tone } from "./sounds";

const TRANSCRIBED = { input_audio_transcription: { model: "azure-speech" } };

describe("A turn of the user", () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ speed: Infinity, script: "echo" });
  });
  afterEach(() => simulator.close());

  it("found by detection follows the order of protocol.md §12 A", async () => {
    const peer = await connect(simulator, { session: TRANSCRIBED });
    const from = peer.events.length;
    peer.append(spoken("question-weather.wav"));
    await peer.until("response.done");
    assert.deepEqual(
      peer
        .typesFrom(from)
        .filter((type) => !/audio(_transcript)?\.delta$/.test(type)),
      [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
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
  });

  it("has one item id from its start to its item, and chains to the item before", async () => {
    const peer = await connect(simulator);
    peer.append(spoken("question-weather.wav"));
    const started = await peer.until("input_audio_buffer.speech_started");
    const stopped = await peer.until("input_audio_buffer.speech_stopped");
    const committed = await peer.until("input_audio_buffer.committed");
    const user = await peer.until("conversation.item.created");
    const answer = await peer.until("conversation.item.created");
    assert.deepEqual(
      [stopped.item_id, committed.item_id, user.item.id],
      Array(3).fill(started.item_id),
    );
    assert.deepEqual(
      [committed.previous_item_id, user.previous_item_id],
      [null, null],
    );
    assert.equal(answer.previous_item_id, user.item.id);
  });

  it("is placed on the audio's own clock, padding taken off and silence included", async () => {
    const peer = await connect(simulator);
    peer.append(
      Buffer.concat([silence(1000, 24_000), tone(600), silence(1000, 24_000)]),
    );
    const started = await peer.until("input_audio_buffer.speech_started");
    const stopped = await peer.until("input_audio_buffer.speech_stopped");
    assert.equal(started.audio_start_ms, 1000 - 400);
    assert.equal(stopped.audio_end_ms, 1600 + 500);
  });

  it("that starts at once begins at 0", async () => {
    const peer = await connect(simulator);
    peer.append(
      Buffer.concat([silence(100, 24_000), tone(600), silence(1000, 24_000)]),
    );
    assert.equal(
      (await peer.until("input_audio_buffer.speech_started")).audio_start_ms,
      0,
    );
  });

  it("does not end without silence after it", async () => {
    const peer = await connect(simulator);
    peer.append(tone(600));
    await peer.until("input_audio_buffer.speech_started");
    peer.send({ type: "input_audio_buffer.clear" });
    assert.equal((await peer.next()).type, "input_audio_buffer.cleared");
  });

  it("is not started by silence or by any number of clicks", async () => {
    const peer = await connect(simulator);
    const click = Buffer.concat([tone(60), silence(140, 24_000)]);
    peer.append(
      Buffer.concat([silence(500, 24_000), ...Array<Buffer>(10).fill(click)]),
    );
    peer.send({ type: "input_audio_buffer.clear" });
    assert.equal((await peer.next()).type, "input_audio_buffer.cleared");
  });

  it("committed by hand gets an item and a transcript and no response", async () => {
    const peer = await connect(simulator, {
      session: { ...TRANSCRIBED, turn_detection: null },
    });
    const from = peer.events.length;
    peer.append(recording("question-light.wav"));
    peer.send({ type: "input_audio_buffer.commit" });
    const { transcript } = await peer.until(
      "conversation.item.input_audio_transcription.completed",
    );
    assert.equal(transcript, "Turn on the kitchen light.");
    peer.send({ type: "response.create" });
    await peer.until("response.created");
    assert.deepEqual(peer.typesFrom(from).slice(0, 5), [
      "input_audio_buffer.committed",
      "conversation.item.created",
      "conversation.item.input_audio_transcription.delta",
      "conversation.item.input_audio_transcription.completed",
      "response.created",
    ]);
  });

  it("of less than 100 ms cannot be committed", async () => {
    const peer = await connect(simulator, {
      session: { turn_detection: null },
    });
    peer.append(silence(90, 24_000));
    const error = await peer.refusal({
      type: "input_audio_buffer.commit",
      event_id: "mine",
    });
    assert.deepEqual(
      [error.code, error.event_id],
      ["input_audio_buffer_commit_empty", "mine"],
    );
  });

  it("cannot be committed again right after detection has done so", async () => {
    const peer = await connect(simulator, {
      session: {
        turn_detection: { type: "server_vad", create_response: false },
      },
    });
    peer.append(Buffer.concat([tone(400), silence(500, 24_000)]));
    await peer.until("conversation.item.created");
    const error = await peer.refusal({ type: "input_audio_buffer.commit" });
    assert.equal(error.code, "input_audio_buffer_commit_empty");
  });

  it("starts no response when create_response is false", async () => {
    const peer = await connect(simulator, {
      session: {
        turn_detection: { type: "server_vad", create_response: false },
      },
    });
    peer.append(spoken("question-weather.wav"));
    await peer.until("conversation.item.created");
    peer.send({ type: "input_audio_buffer.clear" });
    assert.equal((await peer.next()).type, "input_audio_buffer.cleared");
  });

  it("is echoed bit by bit at 24 kHz PCM16, however the appends are cut", async () => {
    const peer = await connect(simulator, {
      session: { turn_detection: null },
    });
    const question = recording("question-hello.wav");
    for (let from = 0; from < question.length; from += 3333)
      peer.append(question.subarray(from, from + 3333));
    peer.send({ type: "input_audio_buffer.commit" });
    peer.send({ type: "response.create" });
    await peer.until("response.done");
    assert.equal(audioOf(peer.events).equals(question), true);
  });

  it("is echoed sample by sample in G.711", async () => {
    const peer = await connect(simulator, {
      session: {
        turn_detection: null,
        input_audio_format: "g711_ulaw",
        output_audio_format: "g711_ulaw",
      },
    });
    const question = encodeMulaw(at(recording("question-hello.wav"), 8000));
    peer.append(question);
    peer.send({ type: "input_audio_buffer.commit" });
    peer.send({ type: "response.create" });
    await peer.until("response.done");
    // Both codes of zero decode to the same sample, so codes are not compared.
    assert.equal(
      decodeMulaw(audioOf(peer.events)).equals(decodeMulaw(question)),
      true,
    );
  });

  for (const sampleRate of [8000, 16_000, 44_100, 48_000]) {
    it(`is understood at ${sampleRate} Hz`, async () => {
      const peer = await connect(simulator, {
        session: { ...TRANSCRIBED, input_audio_sampling_rate: sampleRate },
      });
      peer.append(spoken("question-both.wav", sampleRate));
      const { transcript } = await peer.until(
        "conversation.item.input_audio_transcription.completed",
      );
      assert.equal(
        transcript,
        "What is the weather in Lisbon, and please turn on the kitchen light.",
      );
    });
  }

  it("is heard on the first channel of a stereo echo reference", async () => {
    const peer = await connect(simulator, {
      query: "&features=client_ec_reference:true",
      session: {
        ...TRANSCRIBED,
        input_audio_echo_cancellation: {
          type: "server_echo_cancellation",
          reference_source: "client",
          channels: 2,
        },
      },
    });
    const microphone = spoken("question-light.wav");
    peer.append(interleave(microphone, Buffer.alloc(microphone.length)));
    const { transcript } = await peer.until(
      "conversation.item.input_audio_transcription.completed",
    );
    assert.equal(transcript, "Turn on the kitchen light.");
  });

  it("that is nobody's recording is transcribed by its length", async () => {
    const peer = await connect(simulator, { session: TRANSCRIBED });
    peer.append(Buffer.concat([tone(1400), silence(800, 24_000)]));
    const { transcript } = await peer.until(
      "conversation.item.input_audio_transcription.completed",
    );
    assert.equal(transcript, "(speech, 1.4 seconds)");
  });

  it("has its transcript after the response when the simulator is told so", async () => {
    const late = await startSimulator({
      speed: Infinity,
      transcription: "late",
    });
    try {
      const peer = await connect(late, { session: TRANSCRIBED });
      const from = peer.events.length;
      peer.append(spoken("question-hello.wav"));
      await peer.until("conversation.item.input_audio_transcription.completed");
      const types = peer.typesFrom(from);
      assert.ok(
        types.indexOf("response.done") <
          types.indexOf("conversation.item.input_audio_transcription.delta"),
      );
    } finally {
      await late.close();
    }
  });
});
