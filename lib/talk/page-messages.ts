import type { PageMessage } from "./page-protocol";

/** Longer than anybody types, shorter than a flood. */
export const MAX_TEXT_LENGTH = 8_000;
/** A password, a ticket, the proof of an earlier socket. */
const MAX_PROOF_LENGTH = 4_096;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads what a page says.
 * @returns undefined for what is no message of the page's protocol
 */
export function readPageMessage(text: string): PageMessage | undefined {
  const fields = parse(text);
  switch (fields?.["type"]) {
    case "hello":
      return readHello(fields);
    case "text":
      return readText(fields);
    case "played":
      return readPlayed(fields);
    case "ping":
      return isCount(fields["at"])
        ? { type: "ping", at: fields["at"] }
        : undefined;
    case "audio-end":
    case "interrupt":
    case "leave":
      return { type: fields["type"] };
  }
  return undefined;
}

function readHello({
  version,
  secret,
  resume,
  isAgain,
  language,
}: Fields): PageMessage | undefined {
  if (!isCount(version)) return undefined;
  if (isAgain !== undefined && typeof isAgain !== "boolean") return undefined;
  for (const optional of [secret, resume, language])
    if (optional !== undefined && !isText(optional, MAX_PROOF_LENGTH))
      return undefined;
  return {
    type: "hello",
    version,
    ...(typeof secret === "string" && { secret }),
    ...(typeof resume === "string" && { resume }),
    ...(isAgain !== undefined && { isAgain }),
    ...(typeof language === "string" && { language }),
  };
}

function readText({ text }: Fields): PageMessage | undefined {
  if (!isText(text, MAX_TEXT_LENGTH) || text.trim() === "") return undefined;
  return { type: "text", text };
}

function readPlayed({
  stream,
  samples,
  ended,
}: Fields): PageMessage | undefined {
  if (!isCount(stream) || !isCount(samples) || typeof ended !== "boolean")
    return undefined;
  return { type: "played", stream, samples, ended };
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === "string" && value.length <= longest;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}
