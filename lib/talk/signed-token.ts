import { createHmac, timingSafeEqual } from "node:crypto";

/** What a token says. Names are those of JSON Web Tokens (RFC 7519). */
export interface TokenClaims {
  /** The one purpose it is good for. */
  readonly aud: string;
  /** When it ends, in seconds since 1970. */
  readonly exp: number;
  /** Tells tokens apart that may be used once. */
  readonly jti?: string;
  readonly sub?: string;
}

/** Three parts of a few dozen characters each; what is longer is no token of ours. */
const MAX_LENGTH = 2_048;
const HEADER = encode({ alg: "HS256", typ: "JWT" });

/** A JSON Web Token with HMAC-SHA-256, which any other program can make and read as well. */
export function signToken(key: Buffer, claims: TokenClaims): string {
  const signed = `${HEADER}.${encode(claims)}`;
  return `${signed}.${signatureOf(key, signed)}`;
}

/**
 * @param nowMs - since 1970
 * @returns the claims, `expired` for what was good once, `invalid` for everything else
 */
export function readToken(
  key: Buffer,
  token: string,
  purpose: string,
  nowMs: number,
): TokenClaims | "expired" | "invalid" {
  if (token.length > MAX_LENGTH) return "invalid";
  const [header = "", body = "", signature = "", ...rest] = token.split(".");
  const isOurs =
    rest.length === 0 &&
    isSameSecret(signature, signatureOf(key, `${header}.${body}`)) &&
    decode(header)?.["alg"] === "HS256";
  const claims = isOurs ? readClaims(decode(body)) : undefined;
  if (claims?.aud !== purpose) return "invalid";
  return claims.exp * 1_000 > nowMs ? claims : "expired";
}

/** Takes as long for a wrong text as for a right one. */
export function isSameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer =>
    createHmac("sha256", COMPARISON_KEY).update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** Digests have one length, which `timingSafeEqual` needs; what they are keyed with does not matter. */
const COMPARISON_KEY = "voice-live-talk";

function signatureOf(key: Buffer, signed: string): string {
  return createHmac("sha256", key).update(signed).digest("base64url");
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(
      Buffer.from(part, "base64url").toString("utf8"),
    );
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function readClaims(
  claims: Record<string, unknown> | undefined,
): TokenClaims | undefined {
  const { aud, exp, jti, sub } = claims ?? {};
  if (typeof aud !== "string" || typeof exp !== "number") return undefined;
  return {
    aud,
    exp,
    ...(typeof jti === "string" && { jti }),
    ...(typeof sub === "string" && { sub }),
  };
}
