import assert from "node:assert/strict";
import { inspect } from "node:util";
import { VoiceLiveError } from "../../lib/client/errors";
import { hideKnownSecrets, learnSecret } from "../../lib/client/known-secrets";
import {
  learnSecretsIn,
  printable,
  redact,
  withoutSecrets,
} from "../../lib/client/redact";

/** A word that no pattern takes for a key; with characters that every encoding spells in another way. */
const SECRET = "Plain?word/with:marks + 1";

describe("learnSecret", () => {
  before(() => learnSecret(SECRET));

  const around = (before: string): string =>
    Buffer.from(`${before}${SECRET}:and more`).toString("base64");
  const SPELLINGS: Readonly<Record<string, string>> = {
    "as it is": SECRET,
    "in a query": encodeURIComponent(SECRET),
    "in a query, small": encodeURIComponent(SECRET).replaceAll(/%../g, (code) =>
      code.toLowerCase(),
    ),
    "in a form": new URLSearchParams({ k: SECRET }).toString().slice(2),
    "in the login of an address": Object.assign(new URL("http://host"), {
      password: SECRET,
    }).password,
    "in small letters": SECRET.toLowerCase(),
    "in capitals": SECRET.toUpperCase(),
    "in hexadecimal": Buffer.from(SECRET).toString("hex"),
    "in base64": Buffer.from(SECRET).toString("base64"),
    "in base64url": Buffer.from(SECRET).toString("base64url"),
    "inside base64": around(""),
    "inside base64, one byte later": around("x"),
    "inside base64, two bytes later": around("xy"),
    "inside base64, three bytes later": around("xyz"),
  };
  for (const [how, spelling] of Object.entries(SPELLINGS)) {
    it(`hides a secret that is spelled ${how}`, () => {
      const shown = hideKnownSecrets(`before ${spelling} after`);
      assert.match(shown, /^before .*….* after$/);
      const decoded = Buffer.from(
        shown.replaceAll("…", ""),
        "base64",
      ).toString();
      assert.doesNotMatch(shown + decoded, /word.with|776f7264/i);
    });
  }

  it("leaves words alone that are too short to be a secret", () => {
    learnSecret("service");
    learnSecret("");
    learnSecret(undefined);
    const text = "The service closed the session";
    assert.equal(hideKnownSecrets(text), text);
  });

  it("remembers what is in use, and forgets the oldest of many", () => {
    learnSecret("first-secret-of-many");
    for (let i = 0; i < 100; i += 1) {
      learnSecret(`token-number-${i}.`);
      learnSecret(SECRET);
    }
    assert.equal(hideKnownSecrets(`x ${SECRET} y`), "x … y");
    assert.equal(hideKnownSecrets("x token-number-99. y"), "x … y");
    assert.equal(
      hideKnownSecrets("first-secret-of-many"),
      "first-secret-of-many",
    );
  });
});

describe("redact", () => {
  before(() => learnSecret(SECRET));

  const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
  for (const [text, shown] of [
    ["http://user:hunter2@proxy:8080 is down", "http://…@proxy:8080 is down"],
    ["https://hunter2@host/path", "https://…@host/path"],
    ["Authorization: Bearer hunter2", "Authorization: Bearer …"],
    ["Proxy-Authorization: Basic dXNlcjpwdw==", "Proxy-Authorization: Basic …"],
    [`token ${JWT} is late`, "token … is late"],
    [JWT.slice(0, 24), "…"],
    ["/x?api-version=1&sig=hunter2&se=5", "/x?api-version=1&sig=…&se=5"],
    ["wss://h/p?api-key=hunter2&model=m", "wss://h/p?api-key=…&model=m"],
    ["?access_token=hunter2", "?access_token=…"],
    ["?agent-access-token=hunter2&x=1", "?agent-access-token=…&x=1"],
    ["client_secret=hunter2&grant_type=x", "client_secret=…&grant_type=x"],
    ['{"api-key": "hunter2", "a": 1}', '{"api-key": "…", "a": 1}'],
    ['{\\"apiKey\\":\\"hunter2\\"}', '{\\"apiKey\\":\\"…\\"}'],
    ["Ocp-Apim-Subscription-Key: hunter2", "Ocp-Apim-Subscription-Key: …"],
    [`a ${SECRET} b`, "a … b"],
  ] as const)
    it(`hides the secret in ${text}`, () => {
      assert.equal(redact(text), shown);
      assert.equal(redact(shown), shown);
    });

  for (const text of [
    "The service did not accept the key or token (401). Check the API key, or the tenant and client.",
    "Expected max_tokens=4096 and threshold=0.5",
    "Basic authentication is not supported",
    "The API key is taken from the environment variable AZURE_VOICELIVE_PRODUCTION_API_KEY_2, which is not set",
    "wss://my-res.services.ai.azure.com/voice-live/realtime",
    "conversation_already_has_active_response",
  ])
    it(`shows ${text}`, () => assert.equal(redact(text), text));
});

describe("printable", () => {
  const SHOWN = [
    "input_audio_buffer_commit_empty",
    "invalid_ec_channels_requires_client",
    "the path /voice-live/realtime/calls is unknown",
    "item_abc",
  ];
  for (const text of SHOWN)
    it(`shows ${text}`, () => assert.equal(printable(text), text));

  const HIDDEN = [
    "0123456789abcdef0123456789abcdef",
    `sk-proj-${"aB3".repeat(16)}`,
    "dGhpcyBpcyBhIHNlY3JldCBrZXkgb2Ygc29tZWJvZHk=",
    "Bearer shortSecret",
    "authorization: bearer shortSecret",
    "api-key: shortSecret",
    "api_key=shortSecret",
    '{"apiKey":"shortSecret"}',
    "wss://h/p?api-key=shortSecret&model=x",
    "http://me:shortSecret@proxy",
  ];
  for (const text of HIDDEN) {
    it(`hides what looks like a key in ${text}`, () => {
      const shown = printable(`before ${text} after`);
      assert.doesNotMatch(shown, /shortSecret|01234567|aB3aB3|dGhpcyBp/);
      assert.match(shown, /^before .*….* after$/);
    });
  }

  for (const unit of ["a", "A1", "a-", "a.", "é", "api-key ", "key", "Basic "])
    it(`is done with a megabyte of «${unit}», which a bad pattern takes hours for`, () => {
      const text = unit.repeat(1_000_000 / unit.length);
      assert.ok(printable(text).length <= 300);
      assert.ok(redact(text).length <= text.length);
    });

  it("makes one line of any text, of 300 characters at most", () => {
    assert.equal(printable(" a\r\n\u0000\u001b[31m b\u2028c "), "a [31m b c");
    const long = printable("word ".repeat(200));
    assert.equal(long.length, 300);
    assert.match(long, /…$/);
  });
});

describe("foreign text without end", () => {
  const SIZE = 500_000;
  for (const piece of [
    "a",
    "a-",
    "a.",
    "A1",
    "eyJ",
    "key",
    "secret",
    "api-key:",
    "Bearer ",
    "Basic a",
    "http://",
    "://a",
    "=",
    " \u0000",
    "é",
  ])
    it(`of ${JSON.stringify(piece)} costs no more than its length`, () => {
      // A pattern that goes back and forth would take minutes here.
      const text = piece.repeat(SIZE / piece.length);
      assert.ok(redact(text).length <= text.length + 1);
      assert.ok(printable(text).length <= 300);
    });

  it("is cut before a word, never inside of a secret", () => {
    learnSecret(SECRET);
    const filler = `${"x ".repeat(100)}Bearer ${"y".repeat(1_780)} `;
    const shown = printable(`${filler}${SECRET}${" z".repeat(100)}`);
    assert.match(shown, /x Bearer … …$/);
  });
});

describe("withoutSecrets", () => {
  before(() => learnSecret(SECRET));

  it("hides known secrets and members that hold secrets, at any depth", () => {
    const event = {
      type: "session.updated",
      note: `your key ${SECRET}`,
      session: {
        tools: [
          {
            type: "mcp",
            server_url: "https://tools",
            authorization: "pass",
            headers: { "X-Api-Key": "pass", "x-trace": "1" },
          },
        ],
        client_secret: "pass",
      },
    };
    assert.deepEqual(withoutSecrets(event), {
      type: "session.updated",
      note: "your key …",
      session: {
        tools: [
          {
            type: "mcp",
            server_url: "https://tools",
            authorization: "…",
            headers: { "X-Api-Key": "…", "x-trace": "1" },
          },
        ],
        client_secret: "…",
      },
    });
    assert.ok(event.note.includes(SECRET), "the original stays as it is");
  });

  it("gives back the very value when there is nothing to hide", () => {
    const event = {
      usage: { total_tokens: 5, input_token_details: { cached_tokens: 0 } },
      logprobs: [{ token: "Hello" }],
      avatar: { ice_servers: [{ username: "u", credential: "c" }] },
      authorization: null,
      audio: Buffer.from(SECRET),
    };
    assert.equal(withoutSecrets(event), event);
    for (const value of [null, undefined, 5, "text", true])
      assert.equal(withoutSecrets(value), value);
  });

  it("learns what the settings of a session hide in such members", () => {
    learnSecretsIn({
      tools: [
        { type: "mcp", authorization: "Bearer Token.of.the.Docs" },
        { type: "mcp", headers: { "X-Api-Key": "Key.of.the.Docs" } },
      ],
      instructions: "Help the caller.",
    });
    assert.equal(
      hideKnownSecrets("Token.of.the.Docs, Key.of.the.Docs. Help the caller."),
      "…, …. Help the caller.",
    );
  });

  it("survives what is nested without end, and prototype keys", () => {
    const ring: Record<string, unknown> = { note: SECRET };
    ring["self"] = ring;
    assert.ok(!inspect(withoutSecrets(ring), { depth: 20 }).includes(SECRET));
    const odd = withoutSecrets(
      JSON.parse(`{"__proto__":{"polluted":"${SECRET}"}}`) as object,
    );
    assert.equal(({} as { polluted?: string }).polluted, undefined);
    assert.deepEqual(Object.keys(odd), ["__proto__"]);
  });
});

describe("VoiceLiveError", () => {
  it("carries no secret, in whatever part it was given", () => {
    learnSecret(SECRET);
    const fault = new VoiceLiveError("VOICE_LIVE_SERVICE", `No: ${SECRET}`, {
      nextStep: `Do not say ${SECRET}.`,
      service: { code: SECRET, param: `x${SECRET}`, eventId: "event_1" },
      cause: Object.assign(new TypeError(`Why ${SECRET}`), {
        request: { headers: { "api-key": SECRET } },
      }),
    });
    assert.ok(!inspect(fault, { depth: 10 }).includes(SECRET));
    assert.match(fault.message, /^No: …\. Do not say …\.$/);
    assert.deepEqual(fault.service, {
      code: "…",
      param: "x…",
      eventId: "event_1",
    });
    assert.match(inspect(fault.cause), /^Error \[TypeError\]: Why …/);
  });
});
