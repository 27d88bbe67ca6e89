import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { forkOnProcessor } from "../processors";
import { ask, end } from "./child";
import type { ClientName, ClientOrder, Memory, Talk } from "./client-process";
import { DELTA_MS, type Pace } from "./microphones";
import type { Counts, ServiceOrder } from "./service-process";

/** The service, in a process of its own so that its work is not counted. */
export class SessionService {
  readonly #child: ChildProcess;
  readonly port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(): Promise<SessionService> {
    const script = path.join(__dirname, "service-process.js");
    const child = forkOnProcessor("service", script);
    const [port] = (await once(child, "message")) as [number];
    return new SessionService(child, port);
  }

  /**
   * Ten deltas for a second of audio, for everyone who is connected.
   * @param frameMs - length of a caller's frames
   */
  async talk(pace: Pace, frameMs: number): Promise<void> {
    const framesPerDelta = DELTA_MS / frameMs;
    await this.#ask({ type: "talk", pace, framesPerDelta });
  }

  /** Replies as the service speaks them: ahead of what is heard. */
  async talkAhead(): Promise<void> {
    await this.#ask({ type: "talk", pace: "ahead" });
  }

  async fallSilent(): Promise<void> {
    await this.#ask({ type: "talk", pace: "none" });
  }

  /** What there has been since this was asked last. */
  async counts(): Promise<Counts> {
    return (await this.#ask({ type: "counts" })) as Counts;
  }

  /** Resolves when so many have their settings. */
  async awaitCallers(count: number): Promise<void> {
    while ((await this.counts()).callers < count)
      await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** Everyone who is connected speaks while the assistant does, one after another within a second. */
  async interrupt(): Promise<void> {
    await this.#ask({ type: "interrupt" });
  }

  async #ask(order: ServiceOrder): Promise<unknown> {
    return await ask(this.#child, order);
  }

  async close(): Promise<void> {
    await end(this.#child);
  }
}

/** One client with its sessions. */
export class ClientProcess {
  readonly #child = forkOnProcessor(
    "measured",
    path.join(__dirname, "client-process.js"),
    ["--expose-gc"],
  );

  async connect(
    client: ClientName,
    port: number,
    count: number,
  ): Promise<void> {
    await this.#ask({ type: "connect", client, port, count });
  }

  async talk(ms: number, pace: Pace): Promise<Talk> {
    return (await this.#ask({ type: "talk", ms, pace })) as Talk;
  }

  async memory(): Promise<Memory> {
    return (await this.#ask({ type: "memory" })) as Memory;
  }

  /** Ends all sessions; others may follow. */
  async disconnect(): Promise<void> {
    await this.#ask({ type: "close" });
  }

  async close(): Promise<void> {
    await this.disconnect();
    await end(this.#child);
  }

  async #ask(order: ClientOrder): Promise<unknown> {
    return await ask(this.#child, order);
  }
}
