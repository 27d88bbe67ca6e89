import type { Node, NodeAPI, NodeDef } from "node-red";
import type { AudioFormat } from "../lib/audio";
import type { AtEnd, Conversation } from "../lib/client";
import { number, oneOf } from "./shared/config-values";

import { AudioReader, type ReaderSettings } from "./shared/read-audio";
import { joinSession } from "./shared/session-access";

interface AudioInConfig extends NodeDef {
  readonly session?: unknown;
  readonly format?: unknown;
  readonly rate?: unknown;
  readonly channels?: unknown;
  readonly encoding?: unknown;
  readonly strings?: unknown;
  readonly atEnd?: unknown;
  readonly chunkMs?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveAudioInNode(this: Node, config: AudioInConfig): void {
    RED.nodes.createNode(this, config);
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, handle, onClose } = membership;
    const settings = readerSettings(config);
    const atEnd = oneOf<AtEnd>(
      config.atEnd,
      ["nothing", "commit", "respond"],
      "nothing",
    );
    const chunkMs = number(config.chunkMs, 40, { min: 10, max: 1_000 });
    // A stream's WAV header belongs to its conversation, and goes with it.
    const readers = new WeakMap<Conversation, AudioReader>();

    onClose(session.hub.declareInput(deviceFormat(settings)));
    this.on("input", (msg, _send, done) =>
      handle(done, () => {
        const conversation = session.conversationOf(msg);
        const { audio, format, isEnd } = readerOf(
          readers,
          conversation,
          settings,
        ).read(msg);
        session.remember(conversation, msg);
        conversation.appendAudio(audio, format, chunkMs);
        if (isEnd) conversation.endOfSpeech(atEnd);
      }),
    );
  }
  RED.nodes.registerType("voice-live-audio-in", VoiceLiveAudioInNode);
}

/** Known beforehand only where the node says it: then the service may take it as it is. */
function deviceFormat({
  format,
  rawFormat,
}: ReaderSettings): AudioFormat | undefined {
  return format === "raw" ? rawFormat : undefined;
}

function readerSettings(config: AudioInConfig): ReaderSettings {
  const rawFormat: AudioFormat = {
    encoding: oneOf(
      config.encoding,
      ["signed-integer", "floating-point", "mu-law", "a-law"],
      "signed-integer",
    ),
    sampleRate: number(config.rate, 24_000, { min: 4_000, max: 192_000 }),
    channels: number(config.channels, 1, { min: 1, max: 8 }),
  };
  return {
    rawFormat,
    format: oneOf(config.format, ["auto", "raw", "wav"], "auto"),
    strings: oneOf(config.strings, ["base64", "utf8"], "base64"),
  };
}

function readerOf(
  readers: WeakMap<Conversation, AudioReader>,
  conversation: Conversation,
  settings: ReaderSettings,
): AudioReader {
  const known = readers.get(conversation) ?? new AudioReader(settings);
  readers.set(conversation, known);
  return known;
}
