import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { ClientName, ClientOrder, Memory, Talk } from "./client-process";
import { DELTA_MS, type Pace } from "./microphones";
import type { ServiceAnswer, ServiceOrder } from "./service-process";

/** The service, in a process of its own so that its work is not counted. */
export class SessionService {
  readonly #child: ChildProcess;
  readonly port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(): Promise<SessionService> {
    const child = fork(path.join(__dirname, "service-process.js"));
    const [answer] = (await once(child, "message")) as [ServiceAnswer];
    if (answer.type !== "listening")
      throw new Error("The service is not there");
    return new SessionService(child, answer.port);
  }

  /**
   * Ten deltas for a second of audio, for everyone who is connected.
   * @param frameMs - length of a caller's frames
   */
  async talk(pace: Pace, frameMs: number): Promise<void> {
    const framesPerDelta = DELTA_MS / frameMs;
    await this.#ask({ type: "talk", pace, framesPerDelta });
  }

  async fallSilent(): Promise<void> {
    await this.#ask({ type: "talk", pace: "none" });
  }

  /** Frames that came and deltas that went since this was asked last. */
  async counts(): Promise<{ frames: number; deltas: number }> {
    const answer = await this.#ask({ type: "counts" });
    if (answer.type !== "counts")
      throw new Error("The service has not counted");
    return answer;
  }

  async #ask(order: ServiceOrder): Promise<ServiceAnswer> {
    this.#child.send(order);
    const [answer] = (await once(this.#child, "message")) as [ServiceAnswer];
    return answer;
  }

  async close(): Promise<void> {
    await end(this.#child);
  }
}

/** One client with its sessions. */
export class ClientProcess {
  readonly #child = fork(path.join(__dirname, "client-process.js"), {
    execArgv: ["--expose-gc"],
  });

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
    this.#child.send(order);
    const [{ result, error }] = (await once(this.#child, "message")) as [
      { result?: unknown; error?: string },
    ];
    if (error !== undefined) throw new Error(error);
    return result;
  }
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.disconnect();
  await gone;
}
