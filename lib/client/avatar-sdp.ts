import { VoiceLiveError } from "./errors";

/** A WebRTC session description, as a browser gives it. */
export interface SessionDescription {
  readonly type: string;
  readonly sdp: string;
}

/**
 * What `session.avatar.connect` takes: base64 of the JSON of an offer (protocol.md §10 step 4).
 * @param offer - the description, its JSON, the bare SDP, or the finished base64
 * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` when it is no offer
 */
export function encodeOffer(offer: unknown): string {
  const description = readDescription(offer);
  if (description?.type === "offer" && description.sdp.startsWith("v=0"))
    return Buffer.from(
      JSON.stringify({ type: "offer", sdp: description.sdp }),
    ).toString("base64");
  throw new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    "The payload of «avatar-connect» is no SDP offer",
    {
      nextStep:
        "Send the localDescription of the browser's RTCPeerConnection, once all its candidates are gathered.",
    },
  );
}

/** @returns the answer in `session.avatar.connecting`; a bare SDP counts as one (protocol.md §10 step 5) */
export function decodeAnswer(serverSdp: string): SessionDescription {
  const description = readDescription(serverSdp);
  return { type: "answer", sdp: description?.sdp ?? serverSdp };
}

function readDescription(given: unknown): SessionDescription | undefined {
  if (typeof given === "object" && given !== null) return asDescription(given);
  if (typeof given !== "string") return undefined;
  const text = given.trim();
  if (text.startsWith("v=0")) return { type: "offer", sdp: given };
  const decoded = text.startsWith("{")
    ? text
    : Buffer.from(text, "base64").toString("utf8");
  return asDescription(parsed(decoded));
}

function asDescription(value: unknown): SessionDescription | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { type, sdp } = value as Partial<Record<"type" | "sdp", unknown>>;
  return typeof type === "string" && typeof sdp === "string"
    ? { type, sdp }
    : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
