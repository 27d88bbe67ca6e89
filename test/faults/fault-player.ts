import {
  startSimulator,
  type Moment,
  type MomentStep,
  type SimulatedSession,
  type Simulator,
  type SimulatorOptions,
} from "../../lib/simulator";

/** A fault that waits for its moment. */
interface Armed {
  readonly moment: Moment;
  /** So many times the moment passes by before it strikes. */
  left: number;
  readonly steps: readonly MomentStep[];
  readonly struck: (session: SimulatedSession | undefined) => void;
}

/** The service, and a fault that strikes when a test wants it: once, at the n-th time of a moment from the time it was armed. */
export class FaultPlayer {
  readonly simulator: Simulator;
  #armed: Armed | undefined;
  /** When each handshake began, on the clock of `performance.now()`. */
  readonly handshakes: number[] = [];

  private constructor(simulator: Simulator) {
    this.simulator = simulator;
  }

  static async start(options: SimulatorOptions = {}): Promise<FaultPlayer> {
    const held: { player?: FaultPlayer } = {};
    const simulator = await startSimulator({
      ...options,
      atMoment: (moment, session) => held.player?.meet(moment, session),
    });
    return (held.player = new FaultPlayer(simulator));
  }

  /** @param struck - called right before the steps are carried out */
  arm(
    moment: Moment,
    steps: readonly MomentStep[],
    struck: Armed["struck"],
    nth = 1,
  ): void {
    this.#armed = { moment, left: nth - 1, steps, struck };
  }

  /** Cuts every session at once. */
  dropAll(): void {
    for (const session of this.simulator.sessions) session.drop();
  }

  /** What the simulator asks; not for tests. */
  meet(
    moment: Moment,
    session: SimulatedSession | undefined,
  ): readonly MomentStep[] | undefined {
    if (moment === "handshake") this.handshakes.push(performance.now());
    const armed = this.#armed;
    if (armed?.moment !== moment || armed.left-- > 0) return undefined;
    this.#armed = undefined;
    armed.struck(session);
    return armed.steps;
  }
}
