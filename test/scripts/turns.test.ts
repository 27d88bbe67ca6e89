import assert from "node:assert/strict";
import type { SentMessage } from "../../scripts/sent-messages";
import { describeTurn, followTurns, type Turn } from "../../scripts/turns";

function sent(
  type: string,
  topic: string,
  payload: unknown,
  voice: object,
): SentMessage {
  return {
    id: "n",
    type: `voice-live-${type}`,
    name: "",
    port: 0,
    msg: { topic, payload, voice: { conversation: "default", ...voice } },
  };
}

const user = (text: string, voice = {}) =>
  sent("transcript", "user", text, { final: true, ...voice });
const assistant = (text: string, responseId: string, voice = {}) =>
  sent("transcript", "assistant", text, { final: true, responseId, ...voice });
const call = (name: string, args: object, responseId: string) =>
  sent("function", name, args, { responseId });

function turnsOf(messages: readonly SentMessage[]): Turn[] {
  const turns: Turn[] = [];
  const take = followTurns((turn) => turns.push(turn));
  for (const message of messages) take(message);
  return turns;
}

describe("followTurns", () => {
  it("joins question, call and reply into one turn", () => {
    const turns = turnsOf([
      user("Weather?"),
      call("get_weather", { city: "Lisbon" }, "r1"),
      sent("event", "turn", { eot_to_first_out_ms: 412 }, { responseId: "r2" }),
      assistant("Sunny.", "r2"),
    ]);
    assert.deepEqual(turns, [
      {
        user: "Weather?",
        calls: [{ name: "get_weather", arguments: '{"city":"Lisbon"}' }],
        reply: "Sunny.",
        responseId: "r2",
        firstAudioMs: 412,
      },
    ]);
  });

  it("goes on past a response that speaks and calls", () => {
    const turns = turnsOf([
      user("Weather?"),
      call("get_weather", {}, "r1"),
      assistant("Let me see.", "r1"),
      assistant("Sunny.", "r2"),
    ]);
    assert.deepEqual(
      turns.map((turn) => turn.reply),
      ["Let me see. Sunny."],
    );
  });

  it("ignores partial transcripts", () => {
    assert.deepEqual(
      turnsOf([
        sent("transcript", "assistant", "Sun", {
          final: false,
          responseId: "r1",
        }),
      ]),
      [],
    );
  });

  it("keeps conversations apart", () => {
    const turns = turnsOf([
      user("One", { conversation: "a" }),
      user("Two", { conversation: "b" }),
      assistant("Second", "r2", { conversation: "b" }),
      assistant("First", "r1", { conversation: "a" }),
    ]);
    assert.deepEqual(
      turns.map((turn) => [turn.user, turn.reply]),
      [
        ["Two", "Second"],
        ["One", "First"],
      ],
    );
  });

  it("begins the next turn empty", () => {
    const [, second] = turnsOf([
      user("One"),
      call("f", {}, "r0"),
      assistant("First", "r1"),
      assistant("Second", "r2"),
    ]);
    assert.deepEqual(second, {
      user: "",
      calls: [],
      reply: "Second",
      responseId: "r2",
    });
  });
});

describe("describeTurn", () => {
  const turn: Turn = {
    user: "Weather?",
    calls: [{ name: "get_weather", arguments: '{"city":"Lisbon"}' }],
    reply: "Sunny.",
    responseId: "r",
    firstAudioMs: 412,
  };

  it("is one line with question, call, reply and latency", () => {
    assert.equal(
      describeTurn(turn),
      '"Weather?" → get_weather({"city":"Lisbon"}) → "Sunny." (first audio after 412 ms)',
    );
  });

  it("says that a turn was typed", () => {
    assert.equal(
      describeTurn({ user: "", calls: [], reply: "Hello.", responseId: "r" }),
      '(typed) → "Hello."',
    );
  });
});
