import type { SimulatedSession, Simulator } from "../../lib/simulator";

/**
 * What the service knows of each conversation. A session is ready from the confirmation of its settings until its end begins; its
 * conversation is named by its instructions.
 */
export class SessionLedger {
  readonly #ready = new Map<string, Set<SimulatedSession>>();
  /** Conversations that had two ready sessions at once. */
  readonly duplicates: string[] = [];
  #readied = 0;

  constructor(simulator: Simulator) {
    simulator.on("session", (session) => this.#watch(session));
  }

  /** Sessions that were ever ready. */
  get readied(): number {
    return this.#readied;
  }

  readyOf(key: string): readonly SimulatedSession[] {
    return [...(this.#ready.get(key) ?? [])];
  }

  /** The service is about to end this session. */
  ending(session: SimulatedSession | undefined): void {
    for (const sessions of this.#ready.values())
      if (session) sessions.delete(session);
  }

  #watch(session: SimulatedSession): void {
    session.on("server", ({ type }) => {
      if (type === "session.updated") this.#add(session);
    });
    session.once("close", () => this.ending(session));
  }

  #add(session: SimulatedSession): void {
    const key = session.settings.instructions ?? "";
    const sessions = this.#ready.get(key) ?? new Set();
    this.#ready.set(key, sessions);
    if (sessions.has(session)) return;
    sessions.add(session);
    this.#readied++;
    if (sessions.size > 1) this.duplicates.push(key);
  }
}
