import type { Played } from "../audio/jitter-buffer";

export const MICROPHONE = "voice-live-microphone";
export const PLAYBACK = "voice-live-playback";

export type ToMicrophone =
  | {
      readonly kind: "configure";
      /** Hz, of the session. */
      readonly rate: number;
      readonly chunkMs: number;
    }
  | { readonly kind: "open" }
  | { readonly kind: "close" };

export type FromMicrophone =
  | { readonly kind: "frame"; readonly pcm: Int16Array<ArrayBuffer> }
  /** The last frame before it was closed has been sent. */
  | { readonly kind: "closed" };

export type ToPlayback =
  | { readonly kind: "begin"; readonly stream: number; readonly rate: number }
  | {
      readonly kind: "audio";
      readonly stream: number;
      readonly pcm: Int16Array;
    }
  | { readonly kind: "end"; readonly stream: number }
  | { readonly kind: "flush" };

export interface FromPlayback {
  readonly reports: readonly Played[];
  readonly gaps: number;
  readonly refusedMs: number;
  readonly queuedMs: number;
  readonly startMs: number;
}
