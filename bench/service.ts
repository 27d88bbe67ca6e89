import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** What the service does with one session of the bench. */
export interface Script {
  /** Answers so many appends with one small event, so that nobody runs ahead of the socket. */
  readonly appendsPerAck: number;
  /** Audio of a reply, and of each acknowledgement where both sides talk at once. */
  readonly deltasPerReply: number;
  readonly deltasPerAck: number;
  readonly deltaMs: number;
}

/** The service in a process of its own, so that its work is not counted. */
export class Service {
  readonly #child: ChildProcess;
  readonly httpUrl: string;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.httpUrl = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Service> {
    const child = fork(path.join(__dirname, "service-process.js"));
    const [port] = (await once(child, "message")) as [number];
    return new Service(child, port);
  }

  /** Holds for the sessions that begin after this. */
  async play(script: Script): Promise<void> {
    this.#child.send(script);
    await once(this.#child, "message");
  }

  async close(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    await gone;
  }
}
