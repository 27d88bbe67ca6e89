import assert from "node:assert/strict";
import {
  checkTarget,
  sessionUrl,
  type AgentTarget,
} from "../../lib/client/session-target";
import { faultOf } from "./faults";

const ENDPOINT = new URL("wss://r.services.ai.azure.com/voice-live/realtime");

function queryOf(url: string): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams);
}

describe("sessionUrl", () => {
  it("adds version and model, trimmed, and nothing else", () => {
    const url = sessionUrl(ENDPOINT, " 2026-07-15 ", {
      target: "model",
      model: " gpt-realtime\n",
    });
    assert.equal(
      url,
      `${ENDPOINT.href}?api-version=2026-07-15&model=gpt-realtime`,
    );
  });

  it("escapes what a deployment may be called", () => {
    const model = "my model&x=1#?/ü";
    const url = sessionUrl(ENDPOINT, "v1", { target: "model", model });
    assert.deepEqual(queryOf(url), { "api-version": "v1", model });
  });

  it("sends an agent without a model, and its options only where given", () => {
    const agent: AgentTarget = { name: " a ", project: " p " };
    assert.deepEqual(
      queryOf(sessionUrl(ENDPOINT, "v1", { target: "agent", agent })),
      { "api-version": "v1", "agent-name": "a", "agent-project-name": "p" },
    );
    const full = {
      ...agent,
      version: "3",
      conversationId: "conv_1",
      clientId: "id",
    };
    assert.deepEqual(
      queryOf(sessionUrl(ENDPOINT, "v1", { target: "agent", agent: full })),
      {
        "api-version": "v1",
        "agent-name": "a",
        "agent-project-name": "p",
        "agent-version": "3",
        "conversation-id": "conv_1",
        "agent-authentication-identity-client-id": "id",
      },
    );
  });

  it("leaves the endpoint that all conversations share as it was", () => {
    const before = ENDPOINT.href;
    sessionUrl(ENDPOINT, "v1", { target: "model", model: "m" });
    assert.equal(ENDPOINT.href, before);
  });
});

describe("checkTarget", () => {
  it("is content with a model, and with an agent and its project", () => {
    checkTarget({ target: "model", model: "gpt-realtime" });
    checkTarget({ target: "agent", agent: { name: "a", project: "p" } });
  });

  it("names the part that is empty", () => {
    for (const [target, part] of [
      [{ target: "model", model: " " }, /model is empty/],
      [{ target: "agent", agent: { name: "", project: "p" } }, /agent name/],
      [{ target: "agent", agent: { name: "a", project: "" } }, /project/],
    ] as const) {
      const fault = faultOf("VOICE_LIVE_CONFIGURATION", () =>
        checkTarget(target),
      );
      assert.match(fault.message, part);
      assert.ok(fault.nextStep);
    }
  });

  it("names the environment variable that is not set", () => {
    const agent: AgentTarget = { name: "a", project: "p" };
    for (const [target, part] of [
      [{ target: "model", model: "${X}" }, /model/],
      [{ target: "agent", agent: { ...agent, name: "${X}" } }, /agent name/],
      [{ target: "agent", agent: { ...agent, project: "${X}" } }, /project/],
      [{ target: "agent", agent: { ...agent, version: "${X}" } }, /version/],
      [
        { target: "agent", agent: { ...agent, conversationId: "${X}" } },
        /conversation/,
      ],
      [{ target: "agent", agent: { ...agent, clientId: "${X}" } }, /client/],
    ] as const) {
      const fault = faultOf("VOICE_LIVE_ENVIRONMENT", () =>
        checkTarget(target),
      );
      assert.match(fault.message, part);
      assert.match(fault.message, /Set X before/);
    }
  });
});
