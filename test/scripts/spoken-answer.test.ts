import assert from "node:assert/strict";
import { writeWav } from "../../lib/audio";
import type { SentMessage } from "../../scripts/sent-messages";
import { SpokenAnswer } from "../../scripts/spoken-answer";

function sent(
  type: string,
  msg: Readonly<Record<string, unknown>>,
): SentMessage {
  return { id: "n", type, name: "", port: 0, msg };
}

const chunk = sent("voice-live-audio-out", { format: "raw" });
const ready = sent("voice-live-event", { topic: "ready" });
const call = (responseId: string) =>
  sent("voice-live-function", {
    topic: "get_weather",
    payload: { city: "Lisbon" },
    voice: { responseId },
  });
const said = (text: string, responseId: string) =>
  sent("voice-live-transcript", {
    topic: "assistant",
    payload: text,
    voice: { final: true, responseId },
  });
const ended = (responseId: string) =>
  sent("voice-live-event", {
    topic: "turn",
    payload: { responseId, status: "completed" },
  });
const asked = (text: string) =>
  sent("voice-live-transcript", {
    topic: "user",
    payload: text,
    voice: { final: true },
  });
const reply = (pcm: readonly number[], responseId: string) =>
  sent("voice-live-audio-out", {
    format: "wav",
    payload: writeWav(Buffer.from(pcm), { sampleRate: 24_000 }),
    voice: { responseId },
  });

function answerTo(messages: readonly SentMessage[]) {
  const printed: string[] = [];
  const answer = new SpokenAnswer((label, text) =>
    printed.push(`${label}: ${text}`),
  );
  // Each promise is looked at by the tests that are about it.
  answer.ready.catch(() => undefined);
  for (const message of messages) answer.take(message);
  return { answer, printed };
}

describe("SpokenAnswer", () => {
  it("is whole when the transcript comes before the audio", async () => {
    const { answer } = answerTo([
      ready,
      chunk,
      ended("r1"),
      said("Sunny.", "r1"),
      reply([1, 2], "r1"),
    ]);
    assert.equal((await answer.whole).pcm.toString("hex"), "0102");
  });

  it("is whole when the audio comes before the transcript", async () => {
    const { answer } = answerTo([
      ready,
      reply([1, 2], "r1"),
      said("Sunny.", "r1"),
      ended("r1"),
    ]);
    assert.equal((await answer.whole).pcm.toString("hex"), "0102");
  });

  it("joins what was spoken before and after a function call", async () => {
    const { answer } = answerTo([
      ready,
      reply([1, 2], "r1"),
      call("r1"),
      ended("r1"),
      said("Let me see.", "r1"),
      ended("r2"),
      reply([3, 4], "r2"),
      said("Sunny.", "r2"),
    ]);
    assert.equal((await answer.whole).pcm.toString("hex"), "01020304");
  });

  it("fails with the reason where the service fails in the middle of the answer", async () => {
    const { answer } = answerTo([
      ready,
      reply([1, 2], "r1"),
      said("Once upon a", "r1"),
      sent("catch", {
        error: { message: "VoiceLiveError: The service failed (1011)." },
      }),
    ]);
    await assert.rejects(answer.whole, {
      message: "The service failed (1011).",
    });
  });

  it("prints the conversation as it goes", () => {
    const { printed } = answerTo([
      ready,
      asked("Weather?"),
      call("r1"),
      said("Sunny.", "r2"),
    ]);
    assert.deepEqual(printed, [
      "You: Weather?",
      'Function: get_weather {"city":"Lisbon"}',
      "Assistant: Sunny.",
    ]);
  });

  it("fails with what the flow's catch node caught", async () => {
    const { answer } = answerTo([
      ready,
      sent("catch", {
        error: { message: "VoiceLiveError: The key is refused." },
      }),
    ]);
    await assert.rejects(answer.whole, { message: "The key is refused." });
  });

  it("fails before it is ready with what the service said", async () => {
    const { answer } = answerTo([
      sent("voice-live-event", {
        topic: "error",
        payload: { message: "The model is not known." },
      }),
    ]);
    await assert.rejects(answer.ready, { message: "The model is not known." });
  });

  it("names what is missing", () => {
    const steps = [
      [],
      [ready],
      [ready, chunk],
      [ready, said("Sunny.", "r1")],
      [ready, reply([1, 2], "r1"), said("Sunny.", "r1")],
    ];
    assert.deepEqual(
      steps.map((messages) => answerTo(messages).answer.missing),
      [
        "the session did not get ready",
        "nothing was answered",
        "the reply did not end",
        "the audio of the reply did not end",
        "the service did not end the reply",
      ],
    );
  });
});
