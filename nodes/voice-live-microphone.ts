import type { Node, NodeAPI, NodeDef } from "node-red";
import { VoiceLiveError } from "../lib/client";
import {
  LevelMeter,
  RECORDERS,
  SoundRecorder,
  type ProgramName,
  type RecorderOptions,
} from "../lib/soundcard";
import { flag, number, oneOf, text } from "./shared/config-values";
import { settle } from "./shared/settle";
import { serveDevices, SoundCardNode } from "./shared/sound-card";
import { audioProperties, type WriterSettings } from "./shared/write-audio";
import { registerNode } from "./shared/register-node";

const TYPE = "voice-live-microphone";

interface MicrophoneConfig extends NodeDef {
  readonly program?: unknown;
  readonly device?: unknown;
  readonly rate?: unknown;
  readonly chunkMs?: unknown;
  readonly latencyMs?: unknown;
  readonly autostart?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveMicrophoneNode(this: Node, config: MicrophoneConfig): void {
    const options = recorderOptions(config);
    const card = new SoundCardNode(RED, this, TYPE);
    const meter = new LevelMeter(options.sampleRate);
    const showLevel = (level: number): void =>
      card.show("green", "dot", "level", { level: levelText(level) });

    let recorder: SoundRecorder;
    try {
      recorder = new SoundRecorder(options, {
        audio: (pcm) => {
          card.recover();
          const level = meter.push(pcm);
          if (level !== undefined) showLevel(level);
          this.send({ ...audioProperties(pcm, writerOf(options)) });
        },
        fault: (fault) => card.fail(fault),
      });
    } catch (thrown) {
      return card.refuse(thrown);
    }

    const start = (): void => {
      if (recorder.isStarted) return;
      card.recover();
      card.show("yellow", "ring", "starting");
      recorder.start();
    };
    const stop = async (): Promise<void> => {
      await recorder.stop();
      // It may have been started again meanwhile.
      if (!recorder.isStarted) card.show("grey", "ring", "stopped");
    };

    this.on("input", (msg, _send, done) =>
      settle(this, done, () => {
        if (isStart(msg.payload)) start();
        else void stop();
      }),
    );
    this.on("close", (_removed: boolean, done: () => void) => {
      RED.events.removeListener("flows:started", start);
      recorder.stop().then(done, done);
    });
    card.show("grey", "ring", "stopped");
    // Before that, neither sound nor a fault would get through all wires.
    if (flag(config, "autostart", true))
      RED.events.once("flows:started", start);
  }
  registerNode(RED, "voice-live-microphone", VoiceLiveMicrophoneNode);
  serveDevices(RED, TYPE, "record");
}

function recorderOptions(config: MicrophoneConfig): RecorderOptions {
  const programs = ["auto", ...RECORDERS] as const;
  return {
    program: oneOf<ProgramName | "auto">(config, "program", programs, "auto"),
    device: text(config.device),
    sampleRate: number(config, "rate", 24_000, { min: 8_000, max: 48_000 }),
    chunkMs: number(config, "chunkMs", 40, { min: 10, max: 1_000 }),
    latencyMs: number(config, "latencyMs", 40, { min: 10, max: 1_000 }),
  };
}

function writerOf({ sampleRate }: RecorderOptions): WriterSettings {
  return {
    rate: sampleRate,
    encoding: "signed-integer",
    format: "raw",
    as: "buffer",
  };
}

/** @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` */
function isStart(payload: unknown): boolean {
  if (payload === true || payload === "start") return true;
  if (payload === false || payload === "stop") return false;
  throw new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    "The payload neither starts nor stops the microphone",
    { nextStep: 'Send true, false, "start" or "stop".' },
  );
}

/** dBFS, whole: the status is no measuring instrument. */
function levelText(level: number): string {
  return level === -Infinity ? "−∞" : `${Math.round(level)}`.replace("-", "−");
}
