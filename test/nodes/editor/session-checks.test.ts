import assert from "node:assert/strict";
import {
  agentProblem,
  greetingProblem,
  settingsProblem,
} from "../../../nodes/editor/session-checks";

describe("checks of the session dialog", () => {
  it("accepts settings without a voice, with a bare voice and with a complete voice", () => {
    for (const settings of [
      {},
      { voice: "alloy" },
      { voice: { type: "openai", name: "alloy" } },
    ]) {
      assert.equal(settingsProblem(settings), undefined);
    }
  });

  it("asks for what the kind of voice needs", () => {
    const problems = [
      { type: "azure-standard" },
      { type: "azure-custom", name: "x" },
      { type: "azure-personal", name: "x" },
      { type: "avatar-voice-sync" },
    ].map((voice) => settingsProblem({ voice }));
    assert.deepEqual(problems, [
      "voice-live-session.error.voiceName",
      "voice-live-session.error.voiceEndpoint",
      "voice-live-session.error.voiceModel",
      "voice-live-session.error.voiceModel",
    ]);
  });

  it("does not take a list or a text for settings", () => {
    assert.equal(settingsProblem([]), "voice-live-session.error.settings");
    assert.equal(settingsProblem("{}"), "voice-live-session.error.settings");
  });

  it("asks for the agent's name and project", () => {
    assert.equal(agentProblem({ name: "a" }), "voice-live-session.error.agent");
    assert.equal(agentProblem({ name: "a", project: "p" }), undefined);
  });

  it("asks for the words of an exact greeting only", () => {
    assert.equal(
      greetingProblem({ mode: "exact", text: "" }),
      "voice-live-session.error.greeting",
    );
    assert.equal(greetingProblem({ mode: "generated", text: "" }), undefined);
  });
});
