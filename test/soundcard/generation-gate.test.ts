import assert from "node:assert/strict";
import { GenerationGate } from "../../lib/soundcard/generation-gate";

const A = { conversation: "a", sessionId: "s1", generation: 5 };

describe("GenerationGate", () => {
  let gate: GenerationGate;

  beforeEach(() => {
    gate = new GenerationGate();
    assert.equal(gate.judge(A), "current");
  });

  for (const [what, change, verdict] of [
    ["the same generation", {}, "current"],
    ["a higher generation", { generation: 6 }, "newer"],
    ["a lower generation", { generation: 4 }, "stale"],
    ["another conversation", { conversation: "b", generation: 0 }, "current"],
    ["a renewed session", { sessionId: "s2" }, "current"],
    ["a session that counts anew", { sessionId: "s2", generation: 0 }, "newer"],
  ] as const)
    it(`finds ${what} ${verdict}`, () => {
      assert.equal(gate.judge({ ...A, ...change }), verdict);
    });

  it("still knows what is late from an earlier session", () => {
    gate.judge({ ...A, sessionId: "s2", generation: 6 });
    assert.equal(gate.judge(A), "stale");
  });

  it("forgets the conversation that has been silent longest, not more", () => {
    for (let index = 0; index < 100; index += 1) {
      gate.judge({ ...A, conversation: `c${index}`, generation: 1 });
      if (index === 0) gate.judge({ ...A, conversation: "c0", generation: 2 });
    }
    assert.equal(gate.judge({ ...A, generation: 4 }), "current");
    assert.equal(
      gate.judge({ ...A, conversation: "c99", generation: 0 }),
      "stale",
    );
  });
});
