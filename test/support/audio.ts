import { createHash } from "node:crypto";
import type { Sound } from "../../lib/simulator";
import type { TestFlow } from "./flow";

/** Bytes are compared by their hash: a difference in hex would fill the screen. */
export function sha1(bytes: Buffer): string {
  return createHash("sha1").update(bytes).digest("hex");
}

/** What the service took as the user's turn, the n-th from 0. */
export async function heardTurn(flow: TestFlow, turn = 0): Promise<Sound> {
  const service = await flow.service();
  const turns = (): readonly Sound[] =>
    service.items.flatMap(({ item, sound }) =>
      item.type === "message" && item.role === "user" && sound ? [sound] : [],
    );
  return flow.until(`turn ${turn} of the user`, () => turns()[turn]);
}

/** Correlation of two stretches of PCM16 that begin together, as far as both go: 1 when they differ in loudness only. */
export function correlation(one: Buffer, other: Buffer): number {
  let [both, ones, others] = [0, 0, 0];
  for (let at = 0; at + 1 < Math.min(one.length, other.length); at += 2) {
    const [a, b] = [one.readInt16LE(at), other.readInt16LE(at)];
    both += a * b;
    ones += a * a;
    others += b * b;
  }
  return both / Math.sqrt(ones * others);
}
