import type { Node, NodeAPI, NodeDef } from "node-red";
import {
  PLAYERS,
  Speaker,
  type PlayerOptions,
  type ProgramName,
} from "../lib/soundcard";
import { number, oneOf, text } from "./shared/config-values";
import { readVoice, type FlowMessage } from "./shared/messages";
import { AudioReader } from "./shared/read-audio";
import { settle } from "./shared/settle";
import { serveDevices, SoundCardNode } from "./shared/sound-card";
import { registerNode } from "./shared/register-node";

const TYPE = "voice-live-speaker";

interface SpeakerConfig extends NodeDef {
  readonly program?: unknown;
  readonly device?: unknown;
  readonly latencyMs?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveSpeakerNode(this: Node, config: SpeakerConfig): void {
    const options = playerOptions(config);
    const card = new SoundCardNode(RED, this, TYPE);
    let isPlaying = false;
    const showActivity = (): void =>
      isPlaying
        ? card.show("blue", "dot", "playing")
        : card.show("grey", "ring", "idle");

    let speaker: Speaker;
    try {
      speaker = new Speaker(options, {
        played: (voice, playedMs) =>
          this.send({ topic: "played", payload: playedMs, voice }),
        overflow: () => this.warn(RED._(`${TYPE}.warning.overflow`)),
        fault: (fault) => card.fail(fault),
        ready: () => {
          card.recover();
          showActivity();
        },
        activity: (now) => {
          isPlaying = now;
          showActivity();
        },
      });
    } catch (thrown) {
      return card.refuse(thrown);
    }
    const reader = new AudioReader({
      format: "auto",
      strings: "base64",
      rawFormat: {
        encoding: "signed-integer",
        sampleRate: 24_000,
        channels: 1,
      },
    });

    this.on("input", (msg, _send, done) =>
      settle(this, done, () => take(speaker, reader, msg)),
    );
    this.on("close", (_removed: boolean, done: () => void) => {
      speaker.close().then(done, done);
    });
    showActivity();
  }
  registerNode(RED, "voice-live-speaker", VoiceLiveSpeakerNode);
  serveDevices(RED, TYPE, "play");
}

/** Takes sound, or one of audio out's playback events. */
function take(speaker: Speaker, reader: AudioReader, msg: FlowMessage): void {
  const voice = readVoice(msg);
  switch (msg.payload) {
    case "flush":
      return speaker.flush(voice);
    case "end":
      return speaker.end(voice);
    case "start":
      return;
  }
  const { audio, format, isEnd } = reader.read(msg);
  if (audio.length > 0) speaker.play(audio, format, voice);
  if (isEnd) speaker.end(voice);
}

function playerOptions(config: SpeakerConfig): PlayerOptions {
  const programs = ["auto", ...PLAYERS] as const;
  return {
    program: oneOf<ProgramName | "auto">(config, "program", programs, "auto"),
    device: text(config.device),
    latencyMs: number(config, "latencyMs", 100, { min: 20, max: 2_000 }),
  };
}
