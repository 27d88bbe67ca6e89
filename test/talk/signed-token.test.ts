import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import {
  isSameSecret,
  readToken,
  signToken,
} from "../../lib/talk/signed-token";

const KEY = Buffer.from("a key of the test");
const CLAIMS = { aud: "talk", exp: 1_000, jti: "one", sub: "page" };
const BEFORE = 999_999;

const part = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");

function forged(header: unknown, claims: unknown, key = KEY): string {
  const signed = `${part(header)}.${part(claims)}`;
  const signature = createHmac("sha256", key).update(signed);
  return `${signed}.${signature.digest("base64url")}`;
}

describe("signed token", () => {
  it("is read as it was signed, until it ends", () => {
    const token = signToken(KEY, CLAIMS);
    assert.deepEqual(readToken(KEY, token, "talk", BEFORE), CLAIMS);
    assert.equal(readToken(KEY, token, "talk", 1_000_000), "expired");
  });

  it("is a JSON Web Token that others can make", () => {
    const token = forged({ typ: "JWT", alg: "HS256" }, CLAIMS);
    assert.deepEqual(readToken(KEY, token, "talk", BEFORE), CLAIMS);
  });

  const good = signToken(KEY, CLAIMS);
  const [header = "", body = "", signature = ""] = good.split(".");
  for (const [what, token] of [
    ["of another key", signToken(Buffer.from("other"), CLAIMS)],
    ["for another purpose", signToken(KEY, { ...CLAIMS, aud: "other" })],
    ["without a signature", `${header}.${body}.`],
    ["with half a signature", `${header}.${body}.${signature.slice(0, 20)}`],
    ["with another algorithm", forged({ alg: "none" }, CLAIMS)],
    [
      "of another body",
      `${header}.${part({ ...CLAIMS, sub: "x" })}.${signature}`,
    ],
    ["without an end", forged({ alg: "HS256" }, { aud: "talk" })],
    [
      "with an end that is a text",
      forged({ alg: "HS256" }, { aud: "talk", exp: "9" }),
    ],
    ["of a text", forged({ alg: "HS256" }, "talk")],
    ["of too many parts", `${good}.x`],
    ["of no parts", "token"],
    ["that is empty", ""],
    ["that is far too long", `${good}${"x".repeat(3_000)}`],
  ] as const)
    it(`is invalid ${what}`, () => {
      assert.equal(readToken(KEY, token, "talk", BEFORE), "invalid");
    });
});

describe("isSameSecret", () => {
  it("tells texts of any length apart", () => {
    assert.equal(isSameSecret("secret", "secret"), true);
    for (const other of ["", "Secret", "secre", "secrets", "secret\0"])
      assert.equal(isSameSecret(other, "secret"), false, other);
  });
});
