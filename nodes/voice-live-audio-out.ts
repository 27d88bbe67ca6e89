import type { Node, NodeAPI, NodeDef } from "node-red";
import type { OutletMode, OutletOptions } from "../lib/client";
import { presetNamed } from "./shared/audio-presets";
import { number, oneOf } from "./shared/config-values";
import { registerNode } from "./shared/register-node";
import { joinSession } from "./shared/session-access";
import {
  audioProperties,
  givenEncoding,
  type WriterSettings,
} from "./shared/write-audio";
import { writerSettings, type WriterConfig } from "./shared/writer-settings";

interface AudioOutConfig extends NodeDef, WriterConfig {
  readonly session?: unknown;
  readonly mode?: unknown;
  readonly leadMs?: unknown;
  readonly chunkMs?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveAudioOutNode(this: Node, config: AudioOutConfig): void {
    const writer = writerSettings(config);
    const options = outletOptions(config, writer);
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, onClose } = membership;
    const removeOutlet = session.hub.addOutlet({
      options,
      audio: (conversation, { pcm, position, startMs, durationMs }) => {
        const { responseId, itemId } = position;
        this.send(
          session.message(conversation, audioProperties(pcm, writer), {
            responseId,
            itemId,
            startMs,
            durationMs,
          }),
        );
      },
      playback: (conversation, { event, position, playedMs }) => {
        const { responseId, itemId } = position;
        this.send([
          null,
          session.message(
            conversation,
            { payload: event },
            { responseId, itemId, playedMs: Math.floor(playedMs) },
          ),
        ]);
      },
    });
    onClose(removeOutlet);
  }
  registerNode(RED, "voice-live-audio-out", VoiceLiveAudioOutNode);
}

function outletOptions(
  config: AudioOutConfig,
  writer: WriterSettings,
): OutletOptions {
  const preset = presetNamed(config.format);
  return {
    mode: preset?.wholeReply
      ? "reply"
      : oneOf<OutletMode>(
          config,
          "mode",
          ["paced", "received", "reply"],
          "paced",
        ),
    leadMs: number(config, "leadMs", 200, { min: 0, max: 5_000 }),
    chunkMs:
      preset?.chunkMs ?? number(config, "chunkMs", 40, { min: 10, max: 1_000 }),
    sampleRate: writer.rate,
    encoding: givenEncoding(writer),
  };
}
