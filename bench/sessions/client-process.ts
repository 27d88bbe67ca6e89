import { bare } from "./clients/bare";
import type { Sessions, SessionsClient } from "./clients/client";
import { official } from "./clients/official";
import { openai } from "./clients/openai";
import { plain } from "./clients/plain";
import { voicewire } from "./clients/voicewire";
import { Microphones, type Pace } from "./microphones";

// Started by `ClientProcess`: nothing but one client and its sessions is in here, so all its processor time is that client's.

export const CLIENTS = {
  "net 20 ms": bare,
  "voicewire 20 ms": voicewire(20),
  "voicewire 40 ms": voicewire(40),
  "ws + JSON 20 ms": plain,
  "openai 20 ms": openai,
  "@azure/ai-voicelive 20 ms": official,
} as const satisfies Record<string, SessionsClient>;

export type ClientName = keyof typeof CLIENTS;

/** What it is told. */
export type ClientOrder =
  | {
      readonly type: "connect";
      readonly client: ClientName;
      readonly port: number;
      readonly count: number;
    }
  | { readonly type: "talk"; readonly ms: number; readonly pace: Pace }
  | { readonly type: "memory" }
  | { readonly type: "close" };

/** What one stretch of talk has cost. */
export interface Talk {
  /** Processor time, user and system together. */
  readonly cpuUs: number;
  readonly frames: number;
  readonly deltas: number;
  /** By how much the frame that was latest left after its time. */
  readonly latestMs: number;
}

/** Memory after a collection of garbage, in bytes. */
export interface Memory {
  readonly resident: number;
  /** Objects, and what they hold outside of the heap. */
  readonly used: number;
}

let sessions: Sessions | undefined;
let microphones: Microphones | undefined;
let deltas = 0;

async function obey(order: ClientOrder): Promise<unknown> {
  switch (order.type) {
    case "connect": {
      const client = CLIENTS[order.client];
      sessions = await client.connect(order.port, order.count, (session) => {
        deltas++;
        microphones?.heard(session);
      });
      microphones = new Microphones({
        append: sessions.append,
        count: order.count,
        frameMs: client.frameMs,
      });
      return "connected";
    }
    case "talk":
      return await talk(order.ms, order.pace);
    case "memory":
      return await memory();
    case "close":
      await sessions?.close();
      sessions = undefined;
      microphones = undefined;
      return "closed";
  }
}

async function talk(ms: number, pace: Pace): Promise<Talk> {
  if (!microphones) throw new Error("Nobody is connected");
  deltas = 0;
  const before = process.cpuUsage();
  const { frames, latestMs } = await microphones.run(ms, pace);
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: user + system, frames, deltas, latestMs };
}

async function memory(): Promise<Memory> {
  if (!globalThis.gc) throw new Error("Started without --expose-gc");
  // What a collection lets go of may need a turn of the event loop, and another collection.
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, used: heapUsed + external };
}

process.on("message", (order: ClientOrder) => {
  obey(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
