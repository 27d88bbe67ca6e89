import { official } from "./clients/official";
import type { BenchClient, BenchSession } from "./clients/client";
import { plain } from "./clients/plain";
import { voicewire } from "./clients/voicewire";
import type { Script, Service } from "./service";

export const CLIENTS: readonly BenchClient[] = [voicewire, plain, official];

/** One line of the table: the same work for every client. */
export interface BenchCase {
  /** What one unit is, with its size. */
  readonly label: string;
  readonly script: Script;
  /** Units of work in one round. */
  readonly units: number;
  work(session: BenchSession, signals: Signals, units: number): Promise<void>;
}

export interface Effort {
  readonly rounds: number;
  /** Part of a case's units that a round does. */
  readonly share: number;
}

/** What has come from the service; a bench waits for it instead of for time. */
export class Signals {
  #audioBytes = 0;
  readonly #waiting = new Map<string, () => void>();

  get audioBytes(): number {
    return this.#audioBytes;
  }

  audio(pcm: Uint8Array): void {
    this.#audioBytes += pcm.byteLength;
  }

  event(type: string): void {
    this.#waiting.get(type)?.();
  }

  /** To be called before what brings the event about. */
  async next(type: string): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.set(type, resolve));
    this.#waiting.delete(type);
  }
}

/**
 * Median processor time of each client, user and system together. Clients take turns within a round, in an order that
 * moves on, so that whatever else the machine does hits all alike; the first round warms up and is not counted.
 * @returns microseconds for one unit, in the order of `CLIENTS`
 */
export async function measure(
  service: Service,
  bench: BenchCase,
  { rounds, share }: Effort,
): Promise<readonly number[]> {
  const units = Math.ceil(bench.units * share);
  const samples: number[][] = CLIENTS.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < CLIENTS.length; turn++) {
      const index = (round + turn) % CLIENTS.length;
      const cpuUs = await runOnce(service, bench, CLIENTS[index]!, units); // below the length
      if (round > 0) samples[index]?.push(cpuUs / units);
    }
  }
  return samples.map(median);
}

async function runOnce(
  service: Service,
  bench: BenchCase,
  client: BenchClient,
  units: number,
): Promise<number> {
  await service.play({
    ...bench.script,
    deltasPerReply: bench.script.deltasPerReply && units,
  });
  const signals = new Signals();
  const session = await client.connect(service.httpUrl, signals);
  const before = process.cpuUsage();
  await bench.work(session, signals, units);
  const { user, system } = process.cpuUsage(before);
  await session.close();
  return user + system;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A client that is fast because it loses audio is not fast. */
export function expectAudio({ audioBytes }: Signals, ms: number): void {
  if (audioBytes !== ms * 48)
    throw new Error(`${audioBytes / 48} ms of audio have come out, not ${ms}`);
}
