import { setTimeout as wait } from "node:timers/promises";
import { pcm16BytesFor } from "../lib/audio";
import type { Question } from "./question";

export interface PlayOptions {
  /** Takes the next audio message. */
  readonly send: (msg: object) => void;
  /** Called when the last word has been sent. */
  readonly onSpeechEnd: () => void;
  readonly signal: AbortSignal;
}

const chunkMs = 100;
// Twice the pause that ends a turn by default (protocol.md §7.3).
const pauseMs = 1000;

/** Sends a question and a pause after it in real time, as a microphone would. Ends early, without error, when aborted. */
export async function playQuestion(
  question: Question,
  { send, onSpeechEnd, signal }: PlayOptions,
): Promise<void> {
  const { sampleRate: rate, channels, speechEndMs } = question;
  const pcm = Buffer.concat([
    question.pcm,
    Buffer.alloc(pcm16BytesFor(pauseMs, rate, channels)),
  ]);
  const chunkBytes = pcm16BytesFor(chunkMs, rate, channels);
  const start = performance.now();
  for (let sent = 0; sent * chunkBytes < pcm.length; sent++) {
    // A microphone delivers a chunk when its last sample has been spoken.
    const dueMs = (sent + 1) * chunkMs;
    if (!(await waitUntil(start + dueMs, signal))) return;
    const payload = Buffer.from(
      pcm.subarray(sent * chunkBytes, (sent + 1) * chunkBytes),
    );
    send({
      payload,
      rate,
      channels,
      bits: 16,
      encoding: "signed-integer",
      format: "raw",
    });
    if (speechEndMs > dueMs - chunkMs && speechEndMs <= dueMs) onSpeechEnd();
  }
}

/** @returns whether the time came before the abort */
async function waitUntil(atMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(Math.max(0, atMs - performance.now()), undefined, { signal });
    return true;
  } catch {
    // Only the abort rejects this wait.
    return false;
  }
}
