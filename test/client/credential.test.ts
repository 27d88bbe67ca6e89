import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  createCredential,
  DEFAULT_SCOPE,
  type TokenSource,
} from "../../lib/client/credential";
import { faultOf, faultOfAsync } from "./faults";

const MINUTE_MS = 60_000;

function sourceOf(getToken: TokenSource["getToken"]): () => TokenSource {
  return () => ({ getToken });
}

const grants =
  (token: string, forMs: number): TokenSource["getToken"] =>
  () =>
    Promise.resolve({ token, expiresOnTimestamp: Date.now() + forMs });

describe("createCredential with a key", () => {
  it("gives the key as a header, without the blanks around it", async () => {
    const credential = createCredential({ auth: "key", apiKey: " abc123\n" });
    assert.deepEqual(await credential.headers(), { "api-key": "abc123" });
  });

  it("gives OpenAI's key as a bearer token", async () => {
    const credential = createCredential({
      auth: "key",
      apiKey: "sk-abc123",
      header: "bearer",
    });
    assert.deepEqual(await credential.headers(), {
      Authorization: "Bearer sk-abc123",
    });
  });

  for (const apiKey of [undefined, "", "  "]) {
    it(`refuses ${JSON.stringify(apiKey)} and says where the key is found`, () => {
      const fault = faultOf("VOICE_LIVE_CREDENTIAL", () =>
        createCredential({ auth: "key", apiKey }),
      );
      assert.match(fault.message, /missing.*Keys and Endpoint/);
      assert.equal(fault.retryable, false);
    });
  }

  for (const apiKey of ["top secret", "top\r\nsecret: x", "topsecrét"]) {
    it(`refuses ${JSON.stringify(apiKey)} without repeating it`, () => {
      const fault = faultOf("VOICE_LIVE_CREDENTIAL", () =>
        createCredential({ auth: "key", apiKey }),
      );
      assert.doesNotMatch(inspect(fault), /topsec|top sec|top\\r/);
      assert.match(fault.message, /Paste it again/);
    });
  }

  it("names the environment variable that is not set", () => {
    const fault = faultOf("VOICE_LIVE_ENVIRONMENT", () =>
      createCredential({ auth: "key", apiKey: "${MY_KEY}" }),
    );
    assert.match(fault.message, /API key.*MY_KEY.*Set MY_KEY/);
  });
});

describe("createCredential with Entra ID", () => {
  it("fetches a token for each handshake and makes the source once", async () => {
    let made = 0;
    let fetched = 0;
    const credential = createCredential({ auth: "default" }, () => {
      made += 1;
      return {
        getToken: () =>
          Promise.resolve({
            token: `t${(fetched += 1)}`,
            expiresOnTimestamp: Date.now() + 60 * MINUTE_MS,
          }),
      };
    });
    assert.equal(made, 0);
    assert.deepEqual(await credential.headers(), {
      Authorization: "Bearer t1",
    });
    assert.deepEqual(await credential.headers(), {
      Authorization: "Bearer t2",
    });
    assert.equal(made, 1);
  });

  it("asks for the scope given, and for the current one where none is", async () => {
    const asked: string[] = [];
    const source = sourceOf((scope) => {
      asked.push(scope);
      return grants("t", 60 * MINUTE_MS)(scope);
    });
    for (const scope of [undefined, "", "https://other/.default"])
      await createCredential({ auth: "default", scope }, source).headers();
    assert.deepEqual(asked, [
      DEFAULT_SCOPE,
      DEFAULT_SCOPE,
      "https://other/.default",
    ]);
  });

  it("refuses a token with less than five minutes left, and may try again", async () => {
    const short = createCredential(
      { auth: "default" },
      sourceOf(grants("secret-token", 5 * MINUTE_MS - 1_000)),
    );
    const fault = await faultOfAsync("VOICE_LIVE_CREDENTIAL", short.headers());
    assert.match(fault.message, /about to expire.*clock/);
    assert.equal(fault.retryable, true);
    assert.doesNotMatch(inspect(fault), /secret-token/);
    const long = createCredential(
      { auth: "default" },
      sourceOf(grants("t", 5 * MINUTE_MS + 5_000)),
    );
    assert.deepEqual(await long.headers(), { Authorization: "Bearer t" });
  });

  it("names a failed request, and lets nothing of its text out", async () => {
    const cause = new Error("AADSTS7000215: client_secret=hunter2 is wrong");
    const credential = createCredential(
      { auth: "managed-identity" },
      sourceOf(() => Promise.reject(cause)),
    );
    const fault = await faultOfAsync(
      "VOICE_LIVE_CREDENTIAL",
      credential.headers(),
    );
    assert.equal("cause" in fault, false);
    assert.equal(fault.retryable, true);
    assert.doesNotMatch(`${fault.message} ${fault.stack}`, /hunter2/);
    assert.match(fault.message, /no token.*roles/);
  });

  it("takes no token for an answer that cannot be tried again unchanged", async () => {
    const credential = createCredential(
      { auth: "default" },
      sourceOf(() => Promise.resolve(null)),
    );
    const fault = await faultOfAsync(
      "VOICE_LIVE_CREDENTIAL",
      credential.headers(),
    );
    assert.equal(fault.retryable, false);
  });

  for (const part of ["tenantId", "clientId", "clientSecret"] as const) {
    it(`names a client secret's missing ${part}`, () => {
      const whole = { tenantId: "t", clientId: "c", clientSecret: "s" };
      for (const [value, code] of [
        ["", "VOICE_LIVE_CREDENTIAL"],
        [undefined, "VOICE_LIVE_CREDENTIAL"],
        ["${NAME}", "VOICE_LIVE_ENVIRONMENT"],
      ] as const) {
        const fault = faultOf(code, () =>
          createCredential({ auth: "client-secret", ...whole, [part]: value }),
        );
        assert.match(fault.message, new RegExp(part));
        assert.ok(fault.nextStep);
      }
    });
  }
});
