import assert from "node:assert/strict";
import {
  accountHeaders,
  credentialSettings,
} from "../../../nodes/shared/resource-identity";

const SECRETS = { apiKey: "key", clientSecret: "secret" };
const noProxy = (): undefined => undefined;

describe("credentialSettings", () => {
  for (const [service, scope] of [
    ["voice-live", "https://ai.azure.com/.default"],
    ["azure-openai", "https://cognitiveservices.azure.com/.default"],
  ] as const) {
    it(`asks Entra ID for the scope of ${service}, unless another is given`, () => {
      const auth = { auth: "default" };
      const own = { ...auth, scope: "api://own/.default" };
      for (const [config, expected] of [
        [auth, scope],
        [own, "api://own/.default"],
      ] as const) {
        const settings = credentialSettings(config, service, SECRETS, noProxy);
        assert.equal("scope" in settings && settings.scope, expected);
      }
    });
  }

  it("gives OpenAI the key as a bearer token, whatever was chosen for Azure", () => {
    const config = { auth: "client-secret", tenantId: "t" };
    assert.deepEqual(credentialSettings(config, "openai", SECRETS, noProxy), {
      auth: "key",
      apiKey: "key",
      header: "bearer",
    });
  });

  it("looks for a proxy only where a token is fetched with a secret", () => {
    const never = (): never => assert.fail("asked for a proxy");
    for (const auth of ["key", "default", "managed-identity"])
      credentialSettings({ auth }, "voice-live", SECRETS, never);
    assert.throws(() =>
      credentialSettings({ auth: "client-secret" }, "voice-live", {}, never),
    );
  });
});

describe("accountHeaders", () => {
  it("are for OpenAI alone, and only where they are filled in", () => {
    const config = { organization: "org-1", project: "" };
    assert.deepEqual(accountHeaders(config, "openai"), {
      "OpenAI-Organization": "org-1",
    });
    assert.deepEqual(accountHeaders(config, "azure-openai"), {});
  });
});
