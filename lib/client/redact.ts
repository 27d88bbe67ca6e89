import { inspect } from "node:util";
import { hideKnownSecrets, learnSecret } from "./known-secrets";

/** Enough of foreign text to name a cause. */
const LONGEST = 300;
/** Of what is longer only the beginning is looked at, so that a peer cannot keep us busy with its words. */
const LOOKED_AT = 2_000;
/** Deeper than any event of the service; what lies below is not looked at, so it is not shown. */
const DEEPEST = 12;

/**
 * What cannot be anything but a secret, with the part that may stay in front of it. No pattern begins with a repetition: on a
 * long run of letters that matches nothing it would be tried from each of them, and a megabyte would take minutes.
 */
const UNMISTAKABLE: readonly (readonly [RegExp, string])[] = [
  // user:password@ in an address
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>]*@/gi, "$1…@"],
  [/\b(Bearer\s+)[^\s"',;]+/gi, "$1…"],
  [/\b(Basic\s+)(?=[a-z]*[A-Z0-9+/=])[A-Za-z0-9+/]{6,}={0,2}/g, "$1…"],
  // a JSON Web Token, whole or cut
  [/\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,2}/g, "…"],
  // key=, sig=, access_token= in a query or form
  [
    /((?:key|token|secret|passw(?:or)?d|pwd|sig|signature|authorization)=)(?!…)[^\s&"'<>]+/gi,
    "$1…",
  ],
  // a header or JSON member
  [
    /((?:api[-_]?key|subscription-key|password|secret|authorization|access[-_]token)\\?["']?\s*[:=]\s*\\?["']?)(?!Bearer\b|Basic\b|…)[^\s"'&,;}\\]+/gi,
    "$1…",
  ],
];

/** A long run with a digit or a capital; long codes of the service are small letters and underscores. */
const LONG_RUN = /[A-Za-z0-9+/_-]{32,}={0,2}/g;

/** Members whose text is a secret whatever it reads: headers and logins of MCP servers, for one. */
const SECRET_MEMBER =
  /(^|[-_])(authorization|api[-_]?key|cookie|password|secret|access[-_]?token)$/i;

/** Hides every secret of this process, and what can only be one, in a text that is otherwise ours. */
export function redact(text: string): string {
  let shown = hideKnownSecrets(text);
  for (const [pattern, replacement] of UNMISTAKABLE)
    shown = shown.replace(pattern, replacement);
  return shown;
}

/** Foreign text in our messages: one line, short, nothing that looks like a key. */
export function printable(text: string): string {
  const line = beginning(text)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const shown = redact(line).replace(LONG_RUN, (run) =>
    /[A-Z0-9]/.test(run) ? "…" : run,
  );
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 1)}…` : shown;
}

/** Ends before a word that is cut, which may be half a secret. */
function beginning(text: string): string {
  return text.length > LOOKED_AT
    ? text.slice(0, LOOKED_AT).replace(/(?<!\S)\S*$/, "…")
    : text;
}

/**
 * The same for what is emitted whole, such as an event of the service: secrets of this process and members that hold
 * secrets are hidden, the rest stays as it came.
 * @returns the value itself when there is nothing to hide
 */
export function withoutSecrets<Value>(value: Value): Value {
  return hideIn(value, DEEPEST) as Value;
}

/** Learns what members that hold secrets hold: whole, and the token without the word before it, such as `Bearer`. */
export function learnSecretsIn(value: unknown, depth = DEEPEST): void {
  if (typeof value !== "object" || value === null || depth === 0) return;
  for (const [name, member] of Object.entries(value)) {
    if (!isSecretMember(name, member)) learnSecretsIn(member, depth - 1);
    else for (const part of [member, ...member.split(/\s+/)]) learnSecret(part);
  }
}

/** A thrown thing that goes on as the cause of an error: the thing itself, or what may be said of it. */
export function printableCause(cause: unknown): unknown {
  const text = inspect(cause, { depth: 4, maxStringLength: null });
  if (redact(text) === text) return cause;
  if (!(cause instanceof Error)) return redact(text);
  const shown = new Error(redact(cause.message));
  shown.name = cause.name;
  shown.stack = redact(cause.stack ?? shown.message);
  return shown;
}

function hideIn(value: unknown, depth: number): unknown {
  if (typeof value === "string") return hideKnownSecrets(value);
  if (typeof value !== "object" || value === null || isBytes(value))
    return value;
  if (depth === 0) return "…";
  if (Array.isArray(value)) {
    const shown = value.map((member) => hideIn(member, depth - 1));
    return shown.some((member, i) => member !== value[i]) ? shown : value;
  }
  const entries = Object.entries(value);
  const shown = entries.map(([name, member]): [string, unknown] => [
    hideKnownSecrets(name),
    isSecretMember(name, member) ? "…" : hideIn(member, depth - 1),
  ]);
  const isSame = shown.every(
    ([name, member], i) =>
      name === entries[i]?.[0] && member === entries[i]?.[1],
  );
  return isSame ? value : Object.fromEntries(shown);
}

function isSecretMember(name: string, member: unknown): member is string {
  return (
    typeof member === "string" && member !== "" && SECRET_MEMBER.test(name)
  );
}

function isBytes(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}
