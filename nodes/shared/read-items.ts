import { VoiceLiveError } from "../../lib/client";
import type { RequestContentPart, RequestItem } from "../../lib/protocol";
import { isRecord } from "./messages";

export const ROLES = ["user", "system", "assistant"] as const;
export type Role = (typeof ROLES)[number];

/** Magic bytes of the picture types that models take. */
const IMAGE_TYPES: readonly (readonly [mime: string, magic: string])[] = [
  ["image/png", "89504e47"],
  ["image/jpeg", "ffd8ff"],
  ["image/gif", "47494638"],
  ["image/webp", "52494646"],
];

/** Of one message; more of them are a list in the wrong place. */
const MAX_PARTS = 100;

/**
 * A conversation item of what a flow sends: text, `{text}`, `{image}`, or a list of these.
 * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` that names what cannot be sent
 */
export function readItem(payload: unknown, role: Role): RequestItem {
  const given: readonly unknown[] = Array.isArray(payload)
    ? payload
    : [payload];
  if (given.length > MAX_PARTS)
    throw refuse(
      `The list has ${given.length} parts`,
      `Send at most ${MAX_PARTS} in one message.`,
    );
  // Not `map`, which would skip holes and leave them.
  const parts = Array.from(given, (part) => readPart(part, role));
  if (parts.length === 0)
    throw refuse("The list is empty", "Send at least one text or image.");
  return { type: "message", role, content: parts };
}

/** @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` when there is no text */
export function readText(payload: unknown): string {
  const text = isRecord(payload) ? payload["text"] : payload;
  if (Number.isFinite(text) || typeof text === "boolean") return String(text);
  if (text === undefined && isRecord(payload))
    throw refuse(
      "The payload is an object without a text",
      "Send a text, or an object with a text or image property.",
    );
  if (typeof text !== "string")
    throw refuse(
      `The payload holds no text${insteadOf(text)}`,
      "Send a text, or an object with a text property.",
    );
  if (text.trim() === "") throw refuse("The text is empty", "Send some words.");
  return text;
}

function readPart(part: unknown, role: Role): RequestContentPart {
  if (isRecord(part) && part["image"] !== undefined)
    return readImage(part, role);
  if (Buffer.isBuffer(part))
    throw refuse(
      "The payload is a Buffer",
      "Send audio to an audio in node, and pictures as {image: …}.",
    );
  const text = readText(part);
  return role === "assistant"
    ? { type: "text", text }
    : { type: "input_text", text };
}

function readImage(
  { image, detail }: Record<string, unknown>,
  role: Role,
): RequestContentPart {
  if (role !== "user")
    throw refuse(
      `An image cannot come from the ${role}`,
      "Send it with the role user.",
    );
  const level = typeof detail === "string" ? { detail } : {};
  return {
    type: "input_image",
    image_url: imageUrl(image),
    ...level,
  };
}

function imageUrl(image: unknown): string {
  if (typeof image === "string" && /^(data:image\/|https:\/\/)/i.test(image))
    return image;
  if (!Buffer.isBuffer(image))
    throw refuse(
      "The image is neither a Buffer nor a data URL",
      "Read it as a Buffer, for example with a file node.",
    );
  const hex = image.toString("hex", 0, 4);
  const mime = IMAGE_TYPES.find(([, magic]) => hex.startsWith(magic))?.[0];
  if (!mime)
    throw refuse(
      "The image is of an unknown type",
      "Use PNG, JPEG, GIF or WebP.",
    );
  return `data:${mime};base64,${image.toString("base64")}`;
}

function insteadOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return ` but ${value}`;
  return ` but ${Array.isArray(value) ? "a list" : `a value of type ${typeof value}`}`;
}

function refuse(reason: string, nextStep: string): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_PAYLOAD", reason, { nextStep });
}
