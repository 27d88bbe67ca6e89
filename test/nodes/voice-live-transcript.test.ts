import assert from "node:assert/strict";
import { type Message, type TestFlow, useNodeRed } from "../support/flow";
import { spoken } from "../simulator/sounds";

const TRANSCRIBED = {
  settings: { input_audio_transcription: { model: "azure-speech" } },
};
const GREETING = "Hello, nice to hear you.";

function isFinal(who: string): (msg: Message) => boolean {
  return ({ topic, voice }) => topic === who && voice.final === true;
}

describe("voice-live-transcript", () => {
  const nodeRed = useNodeRed();

  async function deploy(
    config: object,
    { hasSpeaker = false } = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator();
    const speaker = { id: "out", type: "voice-live-audio-out" };
    return nodeRed.deploy({
      simulator,
      session: TRANSCRIBED,
      nodes: [
        { id: "in", type: "voice-live-audio-in" },
        { id: "text", type: "voice-live-message" },
        { id: "transcript", type: "voice-live-transcript", ...config },
        { id: "interrupt", type: "voice-live-interrupt" },
        { id: "event", type: "voice-live-event", kinds: ["turn"], raw: true },
        ...(hasSpeaker ? [speaker] : []),
      ],
    });
  }

  it("tells what the user and the assistant said, each once and whole", async () => {
    const flow = await deploy({});
    await flow.accept("in", { payload: spoken("question-hello.wav") });
    await flow.message(
      "transcript",
      "the assistant's words",
      isFinal("assistant"),
    );
    const told = flow.from("transcript");
    assert.deepEqual(
      told.map(({ topic, payload, voice }) => [topic, payload, voice.final]),
      [
        ["user", "Hello, how are you today?", true],
        ["assistant", GREETING, true],
      ],
    );
    const service = await flow.service();
    const [user, assistant] = told;
    assert.deepEqual(user?.voice, {
      conversation: "default",
      sessionId: service.id,
      generation: user?.voice.generation,
      itemId: service.items[0]?.item.id,
      final: true,
    });
    assert.equal(assistant?.voice.itemId, service.items[1]?.item.id);
    assert.match(assistant?.voice.responseId, /^resp_/);
  });

  it("tells the pieces too, when it is set to, and they make up the whole", async () => {
    const flow = await deploy({ partial: true });
    await flow.accept("in", { payload: spoken("question-hello.wav") });
    await flow.message(
      "transcript",
      "the assistant's words",
      isFinal("assistant"),
    );
    for (const who of ["user", "assistant"]) {
      const told = flow.from("transcript").filter(({ topic }) => topic === who);
      const pieces = told.filter(({ voice }) => voice.final === false);
      const whole = told.filter(({ voice }) => voice.final === true);
      assert.ok(pieces.length > 1, who);
      assert.equal(whole.length, 1);
      assert.equal(
        pieces
          .map(({ payload }) => payload)
          .join("")
          .trim(),
        whole[0]?.payload,
      );
      assert.equal(told.at(-1), whole[0]);
    }
  });

  for (const who of ["user", "assistant"]) {
    it(`tells only the ${who}'s words, when it is set to`, async () => {
      const flow = await deploy({ who, partial: "true" });
      await flow.accept("in", { payload: spoken("question-hello.wav") });
      await flow.message("transcript", "the words", isFinal(who));
      await flow.message(
        "event",
        "the end of the turn",
        ({ topic }) => topic === "turn",
      );
      assert.ok(flow.from("transcript").every(({ topic }) => topic === who));
    });
  }

  it("tells of an interrupted reply what can have been heard of it", async () => {
    const flow = await deploy({ who: "assistant" }, { hasSpeaker: true });
    await flow.accept("text", { payload: "Tell me a story." });
    await flow.message("out");
    await flow.message(
      "event",
      "response.done",
      ({ payload }) => payload.type === "response.done",
    );
    assert.deepEqual(
      flow.from("transcript"),
      [],
      "nothing is final while it sounds",
    );
    await flow.accept("interrupt");
    const cut = await flow.message(
      "transcript",
      "what was heard",
      isFinal("assistant"),
    );
    assert.match(cut.payload, /^Once upon a time/);
    assert.ok(cut.payload.startsWith(cut.voice.heard));
    assert.ok(cut.voice.heard.length < cut.payload.length);
  });

  it("tells of a reply that was heard to its end no such thing", async () => {
    const flow = await deploy({ who: "assistant" }, { hasSpeaker: true });
    await flow.accept("text", { payload: "Hello." });
    const { voice } = await flow.message(
      "transcript",
      "the words",
      isFinal("assistant"),
    );
    assert.ok(!("heard" in voice));
  });

  it("tells the assistant's words without any audio output in the flow", async () => {
    const flow = await deploy({ who: "assistant" });
    await flow.accept("text", { payload: "Hello." });
    assert.equal(
      (await flow.message("transcript", "the words")).payload,
      GREETING,
    );
  });

  it("shows that it has no session", async () => {
    const flow = await nodeRed.deploy({
      nodes: [
        { id: "transcript", type: "voice-live-transcript", session: "gone" },
      ],
    });
    assert.equal(flow.look("transcript"), "red ring noSession");
  });
});
