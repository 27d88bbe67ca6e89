import type { Writable } from "node:stream";

/** Streams that have been written to in this tick. */
let written: Writable[] = [];

/**
 * What is written to a stream in the rest of this tick leaves at its end, in one piece. To be called behind a write: the first
 * of a tick, nearly always the only one, does not wait.
 */
export function sendRestTogether(stream: Writable): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  if (written.push(stream) === 1) process.nextTick(uncorkAll);
}

function uncorkAll(): void {
  const streams = written;
  written = [];
  for (const stream of streams) stream.uncork();
}
