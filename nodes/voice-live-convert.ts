import type { Node, NodeAPI, NodeDef } from "node-red";
import type { VoiceLiveError } from "../lib/client";
import { presetNamed } from "./shared/audio-presets";
import { number, oneOf } from "./shared/config-values";
import {
  Conversion,
  type ConversionSettings,
  type ConvertedAudio,
} from "./shared/conversion";
import { isRecord, readVoice, type FlowMessage } from "./shared/messages";
import { readerSettings } from "./shared/reader-settings";
import { settle } from "./shared/settle";
import { lookOfFault, statusText } from "./shared/status";
import { writerSettings, type WriterConfig } from "./shared/writer-settings";
import { registerNode } from "./shared/register-node";

interface ConvertConfig extends NodeDef, WriterConfig {
  readonly fromFormat?: unknown;
  readonly fromRate?: unknown;
  readonly fromChannels?: unknown;
  readonly fromEncoding?: unknown;
  readonly strings?: unknown;
  readonly each?: unknown;
  readonly mix?: unknown;
  readonly chunkMs?: unknown;
}

/** Properties of what comes in; their usual names are those of what goes out. */
const FROM = {
  format: "fromFormat",
  rate: "fromRate",
  channels: "fromChannels",
  encoding: "fromEncoding",
} as const;
/** One state for each conversation; more of them than this are keys that never come back. */
const MAX_STREAMS = 1_000;

export default function (RED: NodeAPI): void {
  function VoiceLiveConvertNode(this: Node, config: ConvertConfig): void {
    const settings = conversionSettings(config);
    const streams = new Map<string, Conversion>();
    let isFaulty = false;
    const showFault = (fault: VoiceLiveError): void => {
      isFaulty = true;
      const { fill, shape, key } = lookOfFault(fault);
      this.status({ fill, shape, text: statusText(RED, key) });
    };
    const showGood = (): void => {
      if (!isFaulty) return;
      isFaulty = false;
      this.status({
        fill: "grey",
        shape: "ring",
        text: statusText(RED, "idle"),
      });
    };

    this.on("input", (msg: FlowMessage, send, done) =>
      settle(
        this,
        done,
        () => {
          const key = keyOf(msg);
          const stream =
            streams.get(key) ??
            new Conversion(settings, (text) => this.warn(text));
          keep(streams, key, stream);
          const converted = stream.convert(msg);
          showGood();
          if (converted.isEnd) streams.delete(key);
          const messages = messagesOf(RED, msg, converted, settings);
          if (messages.length > 0) send([messages]);
        },
        showFault,
      ),
    );
  }
  registerNode(RED, "voice-live-convert", VoiceLiveConvertNode);
}

function conversionSettings(config: ConvertConfig): ConversionSettings {
  const preset = presetNamed(config.format);
  const chunkMs =
    preset?.chunkMs ?? number(config, "chunkMs", 0, { min: 0, max: 10_000 });
  return {
    from: readerSettings(config, FROM),
    to: writerSettings(config),
    channels: preset ? 1 : number(config, "channels", 1, { min: 0, max: 2 }),
    mix: oneOf(config, "mix", ["mean", "left", "right"], "mean"),
    chunkMs: chunkMs < 1 ? 0 : chunkMs,
    isWhole: oneOf(config, "each", ["piece", "whole"], "piece") === "whole",
  };
}

function keyOf(msg: FlowMessage): string {
  const { conversation } = readVoice(msg);
  return typeof conversation === "string" ? conversation : "";
}

/** The one used last stands last; the first goes when there are too many. */
function keep(
  streams: Map<string, Conversion>,
  key: string,
  stream: Conversion,
): void {
  streams.delete(key);
  streams.set(key, stream);
  for (const oldest of streams.keys()) {
    if (streams.size <= MAX_STREAMS) break;
    streams.delete(oldest);
  }
}

/** The incoming message carries the last piece, or the end; copies of it, made without its audio, the pieces before. */
function messagesOf(
  RED: NodeAPI,
  msg: FlowMessage,
  { pieces, isEnd }: ConvertedAudio,
  { from, chunkMs }: ConversionSettings,
): FlowMessage[] {
  const { [from.property ?? "payload"]: _audio, ...others } = msg;
  const isRecut = chunkMs > 0 && isRecord(msg["voice"]);
  const rest = isRecut
    ? { ...others, voice: withoutPosition(readVoice(msg)) }
    : others;
  const { event: _event, complete: _complete, ...marks } = rest as FlowMessage;
  const copies = (isEnd ? pieces : pieces.slice(0, -1)).map((piece) =>
    Object.assign(RED.util.cloneMessage(marks), piece),
  );
  if (isEnd)
    return [...copies, Object.assign(rest, { payload: Buffer.alloc(0) })];
  const last = pieces.at(-1);
  return last ? [...copies, Object.assign(marks, last)] : [];
}

/** Where in a reply a message lies does not hold for pieces of another length. */
function withoutPosition(
  voice: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { startMs: _start, durationMs: _duration, ...place } = voice;
  return place;
}
