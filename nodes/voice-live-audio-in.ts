import type { Node, NodeAPI, NodeDef } from "node-red";
import type { AudioFormat } from "../lib/audio";
import type { AtEnd, Conversation } from "../lib/client";
import { withAudioFaults } from "./shared/audio-fault";
import { presetNamed } from "./shared/audio-presets";
import { number, oneOf } from "./shared/config-values";
import {
  DeviceStream,
  plainFormat,
  type DeviceSettings,
} from "./shared/device-stream";
import { readerSettings, type ReaderConfig } from "./shared/reader-settings";
import { registerNode } from "./shared/register-node";
import { joinSession } from "./shared/session-access";

interface AudioInConfig extends NodeDef, ReaderConfig {
  readonly session?: unknown;
  readonly mix?: unknown;
  readonly atEnd?: unknown;
  readonly chunkMs?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveAudioInNode(this: Node, config: AudioInConfig): void {
    const settings = deviceSettings(config);
    const atEnd = oneOf<AtEnd>(
      config,
      "atEnd",
      ["nothing", "commit", "respond"],
      "nothing",
    );
    const chunkMs =
      presetNamed(config.format)?.chunkMs ??
      number(config, "chunkMs", 40, { min: 10, max: 1_000 });
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, handle, onClose } = membership;
    // A stream belongs to its conversation, and goes with it.
    const streams = new WeakMap<Conversation, DeviceStream>();

    onClose(session.hub.declareInput(declaredFormat(settings)));
    this.on("input", (msg, _send, done) =>
      handle(done, () => {
        const conversation = session.conversationOf(msg, true);
        const stream =
          streams.get(conversation) ??
          new DeviceStream(settings, (text) =>
            this.warn(session.servesOne ? text : about(conversation, text)),
          );
        streams.set(conversation, stream);
        const { audio, format, isEnd } = stream.read(msg);
        session.remember(conversation, msg);
        withAudioFaults(() => conversation.appendAudio(audio, format, chunkMs));
        if (isEnd) conversation.endOfSpeech(atEnd);
      }),
    );
  }
  registerNode(RED, "voice-live-audio-in", VoiceLiveAudioInNode);
}

const MAX_KEY_CHARACTERS = 80;

/** Which of many devices it is. Its name may hold anything, also line breaks. */
function about({ key }: Conversation, text: string): string {
  return `Conversation ${JSON.stringify(key.slice(0, MAX_KEY_CHARACTERS))}: ${text}`;
}

/** Known beforehand only where the node says it: then the service may take it as it is. */
function declaredFormat({
  format,
  rawFormat,
}: DeviceSettings): AudioFormat | undefined {
  return format === "raw"
    ? { ...plainFormat(rawFormat), channels: 1 }
    : undefined;
}

function deviceSettings(config: AudioInConfig): DeviceSettings {
  return {
    ...readerSettings(config),
    mix: oneOf(config, "mix", ["mean", "left", "right"], "mean"),
  };
}
