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
      assert.equal(problemWith(settings), undefined);
    }
  });

  it("asks for what the kind of voice needs, by the name of the field", () => {
    const problems = [
      { type: "azure-standard" },
      { type: "azure-custom", name: "x" },
      { type: "azure-personal", name: "x" },
      { type: "avatar-voice-sync" },
    ].map((voice) => problemWith({ voice }));
    assert.deepEqual(problems, [
      "label.voice-name: error.field.required",
      "label.voice-endpoint-id: error.field.required",
      "label.voice-model: error.field.required",
      "label.voice-model: error.field.required",
    ]);
  });

  it("names what the chosen model cannot use", () => {
    const voice = { type: "openai", name: "alloy" };
    assert.equal(
      problemWith({ voice }, { model: "gpt-4.1" }),
      "label.voice: need.realtimeModel",
    );
    assert.equal(problemWith({ voice }, { model: "my-own" }), undefined);
  });

  it("does not take a list or a text for settings", () => {
    assert.equal(problemWith([]), "error.settings");
    assert.equal(problemWith("{}"), "error.settings");
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
    for (const margin of ["", "x", 9, 3_591])
      assert.equal(
        renewalProblem(margin, 60),
        "voice-live-session.error.renewMarginSeconds",
      );
  });
});

const AROUND = {
  target: "model",
  model: "gpt-realtime",
  profile: "",
  apiVersion: "2026-07-15",
};

/** The problem as the keys that its text is made of. */
function problemWith(
  settings: unknown,
  around: Partial<typeof AROUND> = {},
): string | undefined {
  const translate = (key: string, values: object = {}): string => {
    const name = key.replace("voice-live-session.", "");
    const { label, reason } = values as { label?: string; reason?: string };
    return name === "error.setting" ? `${label}: ${reason}` : name;
  };
  return settingsProblem(settings, { ...AROUND, ...around }, translate);
}
