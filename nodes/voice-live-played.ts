import type { Node, NodeAPI, NodeDef } from "node-red";
import { VoiceLiveError } from "../lib/client";
import { number, oneOf } from "./shared/config-values";
import { readVoice, type FlowMessage } from "./shared/messages";
import { registerNode } from "./shared/register-node";
import { joinSession } from "./shared/session-access";

interface PlayedConfig extends NodeDef {
  readonly session?: unknown;
  readonly unit?: unknown;
  readonly rate?: unknown;
}

/** How a device counts what it has played. */
interface Counting {
  readonly unit: "ms" | "samples" | "bytes";
  /** Hz, where the message does not say. */
  readonly rate: number;
}

const RATES = { min: 4_000, max: 192_000 };
/** PCM16, mono: what audio out sends unless told otherwise (design.md §4.1). */
const BITS = { usual: 16, min: 8, max: 64 };
const CHANNELS = { usual: 1, min: 1, max: 8 };

export default function (RED: NodeAPI): void {
  function VoiceLivePlayedNode(this: Node, config: PlayedConfig): void {
    const counting: Counting = {
      unit: oneOf(config, "unit", ["ms", "samples", "bytes"], "ms"),
      rate: number(config, "rate", 24_000, RATES),
    };
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, handle } = membership;

    this.on("input", (input, _send, done) =>
      handle(done, () => {
        const msg = input as FlowMessage;
        const playedMs = readPlayedMs(msg, counting);
        const { itemId, responseId, generation } = readVoice(msg);
        const conversation = session.existing(msg);
        // A device's last report may come after its conversation has ended, or after the flush that it answers.
        if (!conversation || isOutdated(generation, conversation.generation))
          return;
        conversation.reportPlayed(idOf(itemId), playedMs, idOf(responseId));
      }),
    );
  }
  registerNode(RED, "voice-live-played", VoiceLivePlayedNode);
}

function idOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isOutdated(generation: unknown, current: number): boolean {
  return typeof generation === "number" && generation < current;
}

function readPlayedMs(msg: FlowMessage, { unit, rate }: Counting): number {
  const played = readNumber(msg["payload"]);
  if (played === undefined || played < 0) {
    throw refuse(
      `The payload is no played position but ${describe(msg["payload"])}`,
      `Send a number of ${unit}, 0 or more.`,
    );
  }
  if (unit === "ms") return played;
  const sampleRate = describedNumber(msg, "rate", { usual: rate, ...RATES });
  return ((played / unitsPerSample(msg, unit)) * 1_000) / sampleRate;
}

/** One sample of all channels makes so many of what is counted. */
function unitsPerSample(msg: FlowMessage, unit: "samples" | "bytes"): number {
  if (unit === "samples") return 1;
  const bits = describedNumber(msg, "bits", BITS);
  return (bits / 8) * describedNumber(msg, "channels", CHANNELS);
}

function describedNumber(
  msg: FlowMessage,
  property: string,
  {
    usual,
    min,
    max,
  }: { readonly usual: number; readonly min: number; readonly max: number },
): number {
  if (msg[property] === undefined) return usual;
  const read = readNumber(msg[property]);
  if (read !== undefined && read >= min && read <= max) return read;
  throw refuse(
    `msg.${property} is ${describe(msg[property])}`,
    `Use ${min} to ${max}.`,
  );
}

/** Numbers, and texts that are numbers: MQTT and serial ports deliver texts. */
function readNumber(value: unknown): number | undefined {
  const isText = typeof value === "string" && value.trim() !== "";
  const read = isText ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number" || value === null) return String(value);
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (Buffer.isBuffer(value)) return "a Buffer";
  return Array.isArray(value) ? "a list" : `of type ${typeof value}`;
}

function refuse(reason: string, nextStep: string): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_PAYLOAD", reason, { nextStep });
}
