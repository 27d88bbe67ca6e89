import { outcome, type Effort, type Outcome } from "./outcome";
import type { ClientName } from "./sessions/client-process";
import { ClientProcess, SessionService } from "./sessions/processes";

/** What conversations hold while they last, and what they leave behind. */
export async function measureMemory({ isQuick }: Effort): Promise<Outcome[]> {
  const [count, rounds] = isQuick ? [200, 2] : [500, 3];
  const service = await SessionService.start();
  try {
    return [
      ...(await measureHeld(service, count, rounds)),
      ...(await measureGrowth(service, isQuick ? 300 : 1_000, rounds)),
      ...(await measureSlope(service, isQuick ? 3 : 10)),
    ];
  } finally {
    await service.close();
  }
}

/** Resident memory of a connected conversation, without that of a socket. */
async function measureHeld(
  service: SessionService,
  count: number,
  rounds: number,
): Promise<Outcome[]> {
  const conversations: number[] = [];
  const sockets: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const held = async (client: ClientName): Promise<number> =>
      await heldBy(service, client, count);
    conversations.push(await held("voicewire 40 ms"));
    sockets.push(await held("net 20 ms"));
  }
  return [
    outcome(`memory: a socket of ${count}`, "kB", sockets),
    outcome(
      `memory: a conversation of ${count}, above its socket`,
      "kB",
      conversations.map((each, round) => each - (sockets[round] ?? NaN)),
    ),
  ];
}

/** A process of its own each time: memory that was there is used again. @returns kB */
async function heldBy(
  service: SessionService,
  client: ClientName,
  count: number,
): Promise<number> {
  const process = new ClientProcess();
  // The first one brings the code.
  await process.connect(client, service.port, 1);
  await process.disconnect();
  const before = await process.memory();
  await process.connect(client, service.port, count);
  const { resident } = await process.memory();
  await process.close();
  return (resident - before.resident) / 1_000 / count;
}

/** What conversations leave behind that were opened and closed, once as many have been there before. */
async function measureGrowth(
  service: SessionService,
  count: number,
  rounds: number,
): Promise<Outcome[]> {
  const process = new ClientProcess();
  const openAndClose = async (): Promise<void> => {
    await process.connect("voicewire 40 ms", service.port, count);
    await process.disconnect();
  };
  for (let warm = 0; warm < 2; warm++) await openAndClose();
  const [resident, used]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const before = await process.memory();
    await openAndClose();
    const after = await process.memory();
    resident.push((after.resident - before.resident) / 1e6);
    used.push((after.used - before.used) / 1e6);
  }
  await process.close();
  const title = `memory: left by ${count} conversations`;
  return [
    outcome(`${title}, resident`, "MB", resident),
    outcome(`${title}, in use`, "MB", used),
  ];
}

const TALKERS = 50;
const TALK_MS = 20_000;
const HOUR_MS = 3_600_000;

/** How much more is in use after an hour of one conversation's talk: the slope of a line through all rounds. */
async function measureSlope(
  service: SessionService,
  rounds: number,
): Promise<Outcome[]> {
  const process = new ClientProcess();
  await process.connect("voicewire 40 ms", service.port, TALKERS);
  const used: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    await service.talk("acknowledged", 40);
    await process.talk(TALK_MS, "acknowledged");
    await service.fallSilent();
    // The first round warms up.
    if (round > 0) used.push((await process.memory()).used);
  }
  await process.close();
  const hours = (TALKERS * TALK_MS) / HOUR_MS;
  const slopeKb = slopeOf(used) / 1_000 / hours;
  return [
    {
      name: "memory: growth in an hour of talk",
      unit: "kB",
      value: slopeKb,
      spread: 0,
    },
  ];
}

/** Least squares. @returns change from one value to the next */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const [above, below] = values.reduce(
    ([a, b], each, index) => [
      a + (index - middle) * (each - mean),
      b + (index - middle) ** 2,
    ],
    [0, 0],
  );
  return above / below;
}
