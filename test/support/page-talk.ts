import type { TestPage } from "./page";

const FRAME_SAMPLES = 960;

/** A second of tone, then silence that is long enough for the service to hear the end of it. */
export function speak(page: TestPage): void {
  const tone = Buffer.alloc(FRAME_SAMPLES * 2);
  for (let at = 0; at < FRAME_SAMPLES; at++)
    tone.writeInt16LE(Math.round(8_000 * Math.sin(at / 4)), at * 2);
  for (let n = 0; n < 25; n++) page.socket.send(tone);
  for (let n = 0; n < 40; n++) page.socket.send(Buffer.alloc(tone.length));
}

/** All sound that the page has got so far, in order of its streams. */
export function soundOf(page: TestPage): Buffer {
  return Buffer.concat([...page.sound.values()]);
}
