import path from "node:path";
import type { OutletMode } from "../../lib/client";
import { forkOnProcessor } from "../processors";
import { ask, end } from "../sessions/child";
import { SessionService } from "../sessions/processes";
import type { FlowTalk, RedOrder } from "./red-process";

const FRAME_MS = 40;

/** Node-RED in a process of its own, and a service for it. */
export class RedProcess {
  readonly #child = forkOnProcessor(
    "measured",
    path.join(__dirname, "red-process.js"),
  );
  readonly #service: SessionService;

  private constructor(service: SessionService) {
    this.#service = service;
  }

  static async start(userDir: string, mode: OutletMode): Promise<RedProcess> {
    const service = await SessionService.start();
    const red = new RedProcess(service);
    await red.#ask({ type: "start", userDir, port: service.port, mode });
    return red;
  }

  async connect(count: number): Promise<void> {
    await this.#ask({ type: "connect", count });
    await this.#service.awaitCallers(count);
  }

  async talk(ms: number): Promise<FlowTalk> {
    return await this.#talk(ms, () =>
      this.#service.talk("real-time", FRAME_MS),
    );
  }

  /** Replies are ahead of what is heard, so that their pace is the flow's own; all of them have been heard when this resolves. */
  async talkAhead(ms: number): Promise<FlowTalk> {
    const figures = await this.#talk(ms, () => this.#service.talkAhead());
    await this.#ask({ type: "hear-out" });
    return figures;
  }

  async #talk(ms: number, speak: () => Promise<void>): Promise<FlowTalk> {
    // First it listens, then there is something to hear.
    const talk = this.#ask({ type: "talk", ms });
    await speak();
    const figures = (await talk) as FlowTalk;
    await this.#service.fallSilent();
    return figures;
  }

  /** Everyone is interrupted while the assistant speaks. @returns ms from `speech_started` to `flush` */
  async flushes(): Promise<readonly number[]> {
    await this.#service.talk("real-time", FRAME_MS);
    const flushes = this.#ask({ type: "flushes" });
    await this.#service.interrupt();
    const took = (await flushes) as readonly number[];
    await this.#service.fallSilent();
    return took;
  }

  async close(): Promise<void> {
    await end(this.#child);
    await this.#service.close();
  }

  async #ask(order: RedOrder): Promise<unknown> {
    return await ask(this.#child, order);
  }
}
