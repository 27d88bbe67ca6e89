import type { Node, NodeAPI, NodeDef } from "node-red";
import type { OutletMode } from "../lib/client";
import { number, oneOf } from "./shared/config-values";
import { joinSession } from "./shared/session-access";
import { audioProperties, type WriterSettings } from "./shared/write-audio";

interface AudioOutConfig extends NodeDef {
  readonly session?: unknown;
  readonly mode?: unknown;
  readonly leadMs?: unknown;
  readonly chunkMs?: unknown;
  readonly rate?: unknown;
  readonly encoding?: unknown;
  readonly format?: unknown;
  readonly as?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveAudioOutNode(this: Node, config: AudioOutConfig): void {
    RED.nodes.createNode(this, config);
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, onClose } = membership;
    const writer = writerSettings(config);
    const removeOutlet = session.hub.addOutlet({
      options: {
        mode: oneOf<OutletMode>(
          config.mode,
          ["paced", "received", "reply"],
          "paced",
        ),
        leadMs: number(config.leadMs, 200, { min: 0, max: 5_000 }),
        chunkMs: number(config.chunkMs, 40, { min: 10, max: 1_000 }),
        sampleRate: writer.rate,
        encoding: writer.encoding,
      },
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
  RED.nodes.registerType("voice-live-audio-out", VoiceLiveAudioOutNode);
}

function writerSettings(config: AudioOutConfig): WriterSettings {
  return {
    rate: number(config.rate, 24_000, { min: 4_000, max: 192_000 }),
    encoding: oneOf(
      config.encoding,
      ["signed-integer", "floating-point", "mu-law", "a-law"],
      "signed-integer",
    ),
    format: oneOf(config.format, ["raw", "wav"], "raw"),
    as: oneOf(config.as, ["buffer", "base64", "data-url"], "buffer"),
  };
}
