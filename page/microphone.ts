import { MicrophoneFramer } from "./audio/microphone-framer";
import {
  type FromMicrophone,
  MICROPHONE,
  type ToMicrophone,
} from "./sound/worklet-messages";

/** The microphone's end in the audio thread: frames to the page, nothing to the loudspeaker. */
class MicrophoneProcessor extends AudioWorkletProcessor {
  #framer: MicrophoneFramer | undefined;

  constructor(options?: AudioWorkletNodeOptions) {
    super(options);
    this.port.onmessage = ({ data }: MessageEvent<ToMicrophone>) =>
      this.#take(data);
  }

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    this.#send(this.#framer?.push(inputs[0] ?? []) ?? []);
    return true;
  }

  #take(message: ToMicrophone): void {
    if (message.kind === "configure") {
      const { rate, chunkMs } = message;
      this.#framer = new MicrophoneFramer({
        from: sampleRate,
        to: rate,
        chunkMs,
      });
    } else if (message.kind === "open") this.#framer?.open();
    else if (this.#framer?.isOpen) {
      this.#send(this.#framer.close());
      this.#post({ kind: "closed" });
    }
  }

  #send(frames: readonly Int16Array[]): void {
    for (const frame of frames)
      this.#post({ kind: "frame", pcm: frame as Int16Array<ArrayBuffer> });
  }

  #post(message: FromMicrophone): void {
    const owned = message.kind === "frame" ? [message.pcm.buffer] : [];
    this.port.postMessage(message, owned);
  }
}

registerProcessor(MICROPHONE, MicrophoneProcessor);
