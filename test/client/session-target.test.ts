import assert from "node:assert/strict";
import {
  checkTarget,
  sessionUrl,
  type AgentTarget,
} from "../../lib/client/session-target";
import { faultOf } from "./faults";

const ENDPOINT = new URL("wss://r.services.ai.azure.com/voice-live/realtime");

const V1 = { apiVersion: "v1" };

function queryOf(url: string): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams);
}

describe("sessionUrl", () => {
  it("adds version and model, trimmed, and nothing else", () => {
    const url = sessionUrl(
      ENDPOINT,
      { apiVersion: " 2026-07-15 " },
      {
        target: "model",
        model: " gpt-realtime\n",
      },
    );
    assert.equal(
      url,
      `${ENDPOINT.href}?api-version=2026-07-15&model=gpt-realtime`,
    );
  });

  it("escapes what a deployment may be called", () => {
    const model = "my model&x=1#?/ü";
    const url = sessionUrl(ENDPOINT, V1, { target: "model", model });
    assert.deepEqual(queryOf(url), { "api-version": "v1", model });
  });

  it("tells what kind of model stands behind a name of the user's own", () => {
    const profile = "byom-azure-openai-realtime";
    const target = { target: "model", model: "mine", profile } as const;
    assert.deepEqual(queryOf(sessionUrl(ENDPOINT, V1, target)), {
      "api-version": "v1",
      model: "mine",
      profile,
    });
  });

  it("sends an agent without a model, and its options only where given", () => {
    const agent: AgentTarget = { name: " a ", project: " p " };
    assert.deepEqual(
      queryOf(sessionUrl(ENDPOINT, V1, { target: "agent", agent })),
      { "api-version": "v1", "agent-name": "a", "agent-project-name": "p" },
    );
    const full = {
      ...agent,
      version: "3",
      conversationId: "conv_1",
      clientId: "id",
      foundryResource: "other",
    };
    assert.deepEqual(
      queryOf(sessionUrl(ENDPOINT, V1, { target: "agent", agent: full })),
      {
        "api-version": "v1",
        "agent-name": "a",
        "agent-project-name": "p",
        "agent-version": "3",
        "conversation-id": "conv_1",
        "agent-authentication-identity-client-id": "id",
        "foundry-resource-override": "other",
      },
    );
  });

  for (const [service, apiVersion, query] of [
    ["openai", "2026-07-15", { model: "m" }],
    ["azure-openai", "v1", { model: "m" }],
    ["azure-openai", "", { model: "m" }],
    [
      "azure-openai",
      " 2025-04-01-preview",
      { "api-version": "2025-04-01-preview", deployment: "m" },
    ],
  ] as const) {
    it(`asks ${service} in version "${apiVersion}" for the model as it wants it`, () => {
      const url = sessionUrl(
        ENDPOINT,
        { service, apiVersion },
        { target: "model", model: "m" },
      );
      assert.deepEqual(queryOf(url), query);
    });
  }

  it("leaves the endpoint that all conversations share as it was", () => {
    const before = ENDPOINT.href;
    sessionUrl(ENDPOINT, V1, { target: "model", model: "m" });
    assert.equal(ENDPOINT.href, before);
  });
});

describe("checkTarget", () => {
  it("is content with a model, and with an agent and its project", () => {
    checkTarget({ target: "model", model: "gpt-realtime" });
    checkTarget({ target: "agent", agent: { name: "a", project: "p" } });
  });

  it("refuses agents where there are none", () => {
    const agent = { name: "a", project: "p" };
    const fault = faultOf("VOICE_LIVE_CONFIGURATION", () =>
      checkTarget({ target: "agent", agent }, "openai"),
    );
    assert.match(fault.message, /Azure Voice Live only.*Choose a model/);
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
