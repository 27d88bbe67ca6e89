import assert from "node:assert/strict";
import {
  agentProblem,
  greetingProblem,
  renewalProblem,
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

  it("refuses a renewal margin that is as long as the session", () => {
    const renewMargin = "voice-live-session.error.renewMargin";
    assert.equal(renewalProblem(600, 10), renewMargin);
    assert.equal(renewalProblem("601", "10"), renewMargin);
    assert.equal(renewalProblem(599, 10), undefined);
  });

  it("takes the renewal of variables as it comes, and no margin at all", () => {
    assert.equal(renewalProblem("${MARGIN}", 10), undefined);
    assert.equal(renewalProblem(600, "${MINUTES}"), undefined);
    assert.equal(renewalProblem(undefined, 10), undefined);
  });

  it("refuses a renewal margin that is no number", () => {
    for (const margin of ["", "x", 0, 3_541])
      assert.equal(
        renewalProblem(margin, 60),
        "voice-live-session.error.renewMarginSeconds",
      );
  });
});
