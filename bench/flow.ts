import { rmSync } from "node:fs";
import type { FlowTalk } from "./flow/red-process";
import { RedProcess } from "./flow/process";
import { outcome, quantile, ratio, type Effort, type Outcome } from "./outcome";
import { ClientProcess, SessionService } from "./sessions/processes";
import { createUserDir } from "./user-dir";

const FRAME_MS = 40;
const TALK_MS = 2_000;

/** Of the count whose ratio is judged, more processes: the same code costs a few in a hundred more or less in each. */
const STRETCHES: readonly Stretch[] = [
  { count: 1, processes: 1 },
  { count: 10, processes: 1 },
  { count: 50, processes: 4 },
  { count: 100, processes: 1 },
  { count: 200, processes: 1 },
];
const QUICK_STRETCHES: readonly Stretch[] = [{ count: 20, processes: 1 }];

/** Rounds of one process: those that warm it up, whose figures are not counted, and those that are. */
interface Plan {
  readonly warmUp: number;
  readonly counted: number;
}
const PLAN: Plan = { warmUp: 3, counted: 3 };
const QUICK_PLAN: Plan = { warmUp: 1, counted: 2 };

interface Stretch {
  readonly count: number;
  readonly processes: number;
}

/** What one Node-RED and one client were like, round by round. */
interface Rounds {
  readonly talks: readonly FlowTalk[];
  /** µs of a second of the client alone. */
  readonly alone: readonly number[];
  /** ms from `speech_started` to `flush`, where that was measured. */
  readonly flushes: readonly number[];
}

/** The whole way through a real Node-RED: audio in, service, audio out. */
export async function measureFlow({ isQuick }: Effort): Promise<Outcome[]> {
  const userDir = createUserDir(true);
  try {
    const outcomes: Outcome[] = [];
    const plan = isQuick ? QUICK_PLAN : PLAN;
    for (const stretch of isQuick ? QUICK_STRETCHES : STRETCHES)
      outcomes.push(...(await measureStretch(userDir, stretch, plan)));
    if (!isQuick) outcomes.push(...(await measurePaced(userDir, 100)));
    return outcomes;
  } finally {
    rmSync(userDir, { recursive: true });
  }
}

async function measureStretch(
  userDir: string,
  { count, processes }: Stretch,
  plan: Plan,
): Promise<Outcome[]> {
  const measured: Rounds[] = [];
  while (measured.length < processes)
    measured.push(await measureReceived(userDir, count, plan));
  return outcomesOf(count, {
    talks: measured.flatMap(({ talks }) => talks),
    alone: measured.flatMap(({ alone }) => alone),
    flushes: measured.flatMap(({ flushes }) => flushes),
  });
}

/** Speech goes out as it comes: what is added to it is the package's and Node-RED's own. */
async function measureReceived(
  userDir: string,
  count: number,
  { warmUp, counted }: Plan,
): Promise<Rounds> {
  const red = await RedProcess.start(userDir, "received");
  const service = await SessionService.start();
  const client = new ClientProcess();
  try {
    await red.connect(count);
    await client.connect("voicewire 40 ms", service.port, count);
    const talks: FlowTalk[] = [];
    const alone: number[] = [];
    for (let round = -warmUp; round < counted; round++) {
      const through = await red.talk(TALK_MS);
      await service.talk("real-time", FRAME_MS);
      const { cpuUs, frames, deltas } = await client.talk(TALK_MS, "real-time");
      await service.fallSilent();
      if (round < 0) continue;
      talks.push(through);
      alone.push(cpuUs / secondsOf(frames, deltas));
    }
    const flushes = count === 50 ? await red.flushes() : [];
    if (count === 50 && flushes.length < count)
      throw new Error(`${flushes.length} of ${count} interruptions came out`);
    return { talks, alone, flushes };
  } finally {
    await red.close();
    await client.close();
    await service.close();
  }
}

function outcomesOf(
  count: number,
  { talks, alone, flushes }: Rounds,
): Outcome[] {
  const title = `flow of ${count}`;
  const costs = talks.map(
    ({ cpuUs, frames, deltas }) => cpuUs / secondsOf(frames, deltas),
  );
  const p99 = (of: (talk: FlowTalk) => readonly number[]): number[] =>
    talks.map((talk) => quantile(of(talk), 0.99));
  return [
    outcome(`${title}: a second`, "µs", costs),
    ratio(`${title}: ÷ client alone`, costs, alone),
    outcome(
      `${title}: microphone → socket, p99`,
      "ms",
      p99(({ upMs }) => upMs),
    ),
    outcome(
      `${title}: socket → message, p99`,
      "ms",
      p99(({ downMs }) => downMs),
    ),
    outcome(
      `${title}: event loop late, p99`,
      "ms",
      talks.map(({ loopDelayMs }) => loopDelayMs),
    ),
    ...(flushes.length > 0
      ? [
          outcome(`${title}: speech_started → flush, p99`, "ms", [
            quantile(flushes, 0.99),
          ]),
        ]
      : []),
  ];
}

/** Speech goes out at the time it sounds. */
async function measurePaced(
  userDir: string,
  count: number,
): Promise<Outcome[]> {
  const red = await RedProcess.start(userDir, "paced");
  try {
    await red.connect(count);
    const latest: number[] = [];
    for (let round = 0; round <= 3; round++) {
      const talk = await red.talkAhead(TALK_MS);
      if (round > 0) latest.push(talk.latestMs);
    }
    return [outcome(`flow of ${count}, paced: latest chunk`, "ms", latest)];
  } finally {
    await red.close();
  }
}

/** Half of the work is one way, half the other. */
function secondsOf(frames: number, deltas: number): number {
  return (frames * FRAME_MS) / 2_000 + deltas / 20;
}
