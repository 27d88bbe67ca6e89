import type { Played } from "../audio/jitter-buffer";
import type { MicrophoneFault } from "../model/microphone-fault";
import { microphoneFault } from "../model/microphone-fault";
import {
  type FromMicrophone,
  type FromPlayback,
  MICROPHONE,
  PLAYBACK,
  type ToMicrophone,
  type ToPlayback,
} from "./worklet-messages";

/** Loudest sample of the last moments, 0 to 1. */
export interface Levels {
  readonly user: number;
  readonly assistant: number;
}

export interface MicrophoneChoice {
  /** Device id; empty for the system's default. */
  readonly microphone: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
}

export interface SoundHandlers {
  readonly onFrame: (pcm: Int16Array<ArrayBuffer>) => void;
  /** All that was said before the microphone was closed has been sent. */
  readonly onSpeechEnd: () => void;
  readonly onPlayed: (report: Played) => void;
  readonly onMicrophoneLost: () => void;
  /** The system has taken the sound away; a click gives it back. */
  readonly onSuspended: (isSuspended: boolean) => void;
}

interface OpenMicrophone {
  readonly media: MediaStream;
  readonly source: MediaStreamAudioSourceNode;
  readonly worklet: AudioWorkletNode;
}

/** `AudioContext.setSinkId` is young: https://webaudio.github.io/web-audio-api/#dom-audiocontext-setsinkid */
type SinkContext = AudioContext & {
  setSinkId?: (id: string) => Promise<void>;
};

/** Enough for one look every 66 ms at 48 kHz, with some overlap. */
const ANALYSED_SAMPLES = 4096;

/** Microphone and loudspeaker, each with its end in the audio thread. */
export class Sound {
  static readonly hasSpeakerChoice =
    typeof AudioContext === "function" && "setSinkId" in AudioContext.prototype;

  readonly #context: SinkContext;
  readonly #handlers: SoundHandlers;
  readonly #playback: AudioWorkletNode;
  readonly #heard: AnalyserNode;
  readonly #said: AnalyserNode;
  readonly #samples = new Float32Array(ANALYSED_SAMPLES);
  #microphone: OpenMicrophone | undefined;
  #format: { readonly rate: number; readonly chunkMs: number } | undefined;
  #isTalking = false;

  /**
   * Has to be called by a click: browsers let no page make a sound by itself.
   * @throws Error when the browser has no AudioWorklet
   */
  static async start(handlers: SoundHandlers): Promise<Sound> {
    const context = new AudioContext({ latencyHint: "interactive" });
    try {
      await Promise.all([
        context.audioWorklet.addModule("microphone.js"),
        context.audioWorklet.addModule("playback.js"),
      ]);
      await context.resume();
    } catch (error) {
      await context.close();
      throw error;
    }
    return new Sound(context, handlers);
  }

  private constructor(context: SinkContext, handlers: SoundHandlers) {
    this.#context = context;
    this.#handlers = handlers;
    this.#heard = context.createAnalyser();
    this.#said = context.createAnalyser();
    this.#heard.fftSize = ANALYSED_SAMPLES;
    this.#said.fftSize = ANALYSED_SAMPLES;
    this.#playback = new AudioWorkletNode(context, PLAYBACK, {
      outputChannelCount: [1],
    });
    this.#playback.port.onmessage = ({ data }: MessageEvent<FromPlayback>) => {
      for (const report of data.reports) handlers.onPlayed(report);
    };
    this.#playback.connect(this.#heard);
    this.#playback.connect(context.destination);
    context.addEventListener("statechange", () =>
      handlers.onSuspended(context.state !== "running"),
    );
  }

  get hasMicrophone(): boolean {
    return this.#microphone !== undefined;
  }

  get levels(): Levels {
    return {
      user: this.#isTalking ? this.#peak(this.#said) : 0,
      assistant: this.#peak(this.#heard),
    };
  }

  /** @param transfer - memory that the audio thread gets without a copy */
  play(message: ToPlayback, transfer: readonly Transferable[] = []): void {
    this.#playback.port.postMessage(message, [...transfer]);
  }

  /** @returns why there is no microphone; nothing where there is one */
  async openMicrophone(
    choice: MicrophoneChoice,
  ): Promise<MicrophoneFault | undefined> {
    this.closeMicrophone();
    if (!window.isSecureContext) return "insecure";
    if (!navigator.mediaDevices?.getUserMedia) return "unsupported";
    try {
      this.#connect(await askFor(choice));
      return undefined;
    } catch (error) {
      return microphoneFault(error);
    }
  }

  closeMicrophone(): void {
    if (!this.#microphone) return;
    const { media, source, worklet } = this.#microphone;
    this.#microphone = undefined;
    for (const track of media.getTracks()) {
      track.onended = null;
      track.stop();
    }
    source.disconnect();
    worklet.port.onmessage = null;
    worklet.disconnect();
    if (this.#isTalking) this.#handlers.onSpeechEnd();
  }

  /** What the session wants to hear. */
  configure(rate: number, chunkMs: number): void {
    const isSame =
      this.#format?.rate === rate && this.#format.chunkMs === chunkMs;
    this.#format = { rate, chunkMs };
    if (!isSame) this.#prepare();
  }

  /** Opens or closes what leads from the microphone to the session. */
  talk(isTalking: boolean): void {
    if (this.#isTalking === isTalking) return;
    this.#isTalking = isTalking;
    this.#tell({ kind: isTalking ? "open" : "close" });
  }

  async setSpeaker(id: string): Promise<void> {
    await this.#context.setSinkId?.(id);
  }

  async resume(): Promise<void> {
    await this.#context.resume();
  }

  async close(): Promise<void> {
    this.closeMicrophone();
    await this.#context.close();
  }

  #connect(media: MediaStream): void {
    const source = this.#context.createMediaStreamSource(media);
    const worklet = new AudioWorkletNode(this.#context, MICROPHONE);
    worklet.port.onmessage = ({ data }: MessageEvent<FromMicrophone>) => {
      if (data.kind === "frame") this.#handlers.onFrame(data.pcm);
      else this.#handlers.onSpeechEnd();
    };
    source.connect(this.#said);
    // Some browsers run a node only where it leads to the loudspeaker: the playback node listens to nothing.
    source.connect(worklet).connect(this.#playback);
    for (const track of media.getAudioTracks())
      track.onended = () => {
        this.closeMicrophone();
        this.#handlers.onMicrophoneLost();
      };
    this.#microphone = { media, source, worklet };
    this.#prepare();
  }

  #prepare(): void {
    if (!this.#format) return;
    this.#tell({ kind: "configure", ...this.#format });
    if (this.#isTalking) this.#tell({ kind: "open" });
  }

  #tell(message: ToMicrophone): void {
    this.#microphone?.worklet.port.postMessage(message);
  }

  #peak(analyser: AnalyserNode): number {
    analyser.getFloatTimeDomainData(this.#samples);
    let peak = 0;
    for (const sample of this.#samples) peak = Math.max(peak, Math.abs(sample));
    return peak;
  }
}

/** A device that was unplugged since it was chosen is no reason to stay silent. */
async function askFor(choice: MicrophoneChoice): Promise<MediaStream> {
  const { microphone, echoCancellation, noiseSuppression } = choice;
  const audio: MediaTrackConstraints = {
    channelCount: 1,
    echoCancellation,
    noiseSuppression,
    autoGainControl: noiseSuppression,
  };
  const { mediaDevices } = navigator;
  if (microphone === "") return mediaDevices.getUserMedia({ audio });
  try {
    return await mediaDevices.getUserMedia({
      audio: { ...audio, deviceId: { exact: microphone } },
    });
  } catch (error) {
    if (microphoneFault(error) !== "none") throw error;
    return mediaDevices.getUserMedia({ audio });
  }
}
