import { outcome, ratio, type Effort, type Outcome } from "./outcome";
import type { ClientName } from "./sessions/client-process";
import type { Pace } from "./sessions/microphones";
import { ClientProcess, SessionService } from "./sessions/processes";

/** How many sessions, and for how long. */
interface Stretch {
  readonly count: number;
  /** Where there is another stretch of as many: how this one differs. */
  readonly title?: string;
  /**
   * Of each client. The same code costs a few in a hundred more or less in each process, by where its memory happens to lie;
   * rounds of one process do not show that.
   */
  readonly processes: number;
  readonly rounds: number;
  readonly ms: number;
  readonly pace: Pace;
  readonly clients: readonly ClientName[];
}

const ALL: readonly ClientName[] = [
  "net 20 ms",
  "voicewire 20 ms",
  "voicewire 40 ms",
  "ws + JSON 20 ms",
  "openai 20 ms",
  "@azure/ai-voicelive 20 ms",
];

/** Rounds in which everything is compiled that is used; they are not counted. */
const WARM_UP = 3;

/** As fast as it is answered: a machine that is busy with other things changes little then. */
const QUICK: readonly Stretch[] = [
  {
    count: 50,
    processes: 1,
    rounds: 3,
    ms: 4_000,
    pace: "acknowledged",
    clients: ALL.filter((name) => !name.startsWith("openai")),
  },
];

const THOROUGH: readonly Stretch[] = [
  ...QUICK,
  { ...inRealTime(1), rounds: 2 },
  { ...inRealTime(10), rounds: 2 },
  { ...inRealTime(100), rounds: 3 },
  {
    ...inRealTime(500),
    processes: 3,
    rounds: 3,
    clients: ALL.filter((name) => !name.startsWith("net")),
  },
  // The ratio that is nearest to its bound, between clients that cost so little that each round's noise is a good part of it.
  {
    ...inRealTime(500),
    title: "500 sessions, often",
    processes: 5,
    rounds: 12,
    clients: ["net 20 ms", "voicewire 20 ms"],
  },
  { ...inRealTime(1_000), rounds: 2 },
];

function titleOf(count: number): string {
  return `${count} session${count === 1 ? "" : "s"}`;
}

function inRealTime(count: number): Omit<Stretch, "rounds"> {
  return { count, processes: 1, ms: 2_000, pace: "real-time", clients: ALL };
}

/** What a second of a session costs each client; 20 ms frames up, ten deltas of 100 ms down. */
export async function measureSessions({ isQuick }: Effort): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const stretch of isQuick ? QUICK : THOROUGH)
    outcomes.push(...(await measureStretch(stretch)));
  return outcomes;
}

async function measureStretch(stretch: Stretch): Promise<Outcome[]> {
  const talkers: Talker[] = [];
  for (let process = 0; process < stretch.processes; process++)
    for (const client of stretch.clients)
      talkers.push(await Talker.start(client, stretch));
  try {
    // Clients take turns, so that whatever else the machine does hits all.
    for (let round = -WARM_UP; round < stretch.rounds; round++)
      for (const talker of talkers) await talker.talk(round >= 0);
  } finally {
    for (const talker of talkers) await talker.close();
  }
  return outcomesOf(stretch, talkers);
}

function outcomesOf(
  { count, title = titleOf(count), pace, clients }: Stretch,
  talkers: readonly Talker[],
): Outcome[] {
  const all = (
    client: ClientName,
    figures: (talker: Talker) => readonly number[],
  ): number[] =>
    talkers.filter((talker) => talker.client === client).flatMap(figures);
  const costs = (client: ClientName): number[] =>
    all(client, ({ costsUs }) => costsUs);
  const against = (one: ClientName, other: ClientName): Outcome[] =>
    costs(one).length === 0 || costs(other).length === 0
      ? []
      : [ratio(`${title}: ${one} ÷ ${other}`, costs(one), costs(other))];
  return [
    ...clients.flatMap((client) => [
      outcome(`${title}: ${client}, a second`, "µs", costs(client)),
      ...(pace === "real-time"
        ? [
            outcome(
              `${title}: ${client}, latest frame`,
              "ms",
              all(client, ({ latestMs }) => latestMs),
            ),
          ]
        : []),
    ]),
    ...against("voicewire 20 ms", "net 20 ms"),
    ...against("voicewire 20 ms", "ws + JSON 20 ms"),
    ...against("voicewire 20 ms", "openai 20 ms"),
    ...against("voicewire 20 ms", "@azure/ai-voicelive 20 ms"),
    ...against("voicewire 40 ms", "@azure/ai-voicelive 20 ms"),
  ];
}

/** One client with all its sessions, and a service of its own. */
class Talker {
  readonly client: ClientName;
  /** Processor time of a session's second, by round. */
  readonly costsUs: number[] = [];
  readonly latestMs: number[] = [];
  readonly #stretch: Stretch;
  readonly #service: SessionService;
  readonly #process: ClientProcess;

  private constructor(
    client: ClientName,
    stretch: Stretch,
    service: SessionService,
    process: ClientProcess,
  ) {
    this.client = client;
    this.#stretch = stretch;
    this.#service = service;
    this.#process = process;
  }

  static async start(client: ClientName, stretch: Stretch): Promise<Talker> {
    const service = await SessionService.start();
    const process = new ClientProcess();
    await process.connect(client, service.port, stretch.count);
    return new Talker(client, stretch, service, process);
  }

  async talk(isCounted: boolean): Promise<void> {
    const { ms, pace } = this.#stretch;
    const frameMs = this.client.includes("40 ms") ? 40 : 20;
    await this.#service.talk(pace, frameMs);
    await this.#service.counts();
    const { cpuUs, frames, deltas, latestMs } = await this.#process.talk(
      ms,
      pace,
    );
    await this.#service.fallSilent();
    const sent = (await this.#service.counts()).deltas;
    // A client that is fast because it loses audio is not fast.
    if (pace === "acknowledged" && deltas !== sent)
      throw new Error(`${this.client}: ${deltas} of ${sent} deltas came out`);
    if (!isCounted) return;
    // Half of the work is one way, half the other; on a busy machine one may be a little ahead.
    const seconds = (frames * frameMs) / 2_000 + deltas / 20;
    this.costsUs.push(cpuUs / seconds);
    this.latestMs.push(latestMs);
  }

  async close(): Promise<void> {
    await this.#process.close();
    await this.#service.close();
  }
}
