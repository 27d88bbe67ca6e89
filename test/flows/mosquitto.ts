import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { WaitingRoom } from "./waiting-room";

// Debian installs servers where only root's PATH looks.
const env = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` };

/** A Mosquitto of the test's own, on a free port of loopback, which remembers nothing. */
export class Mosquitto {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #room = new WaitingRoom();
  #log = "";
  #hasEnded = false;

  static get isInstalled(): boolean {
    return spawnSync("mosquitto", ["-h"], { env }).error === undefined;
  }

  static async start(): Promise<Mosquitto> {
    const port = await freePort();
    const folder = mkdtempSync(path.join(tmpdir(), "voice-live-mosquitto-"));
    const config = path.join(folder, "mosquitto.conf");
    writeFileSync(
      config,
      [
        `listener ${port} 127.0.0.1`,
        "allow_anonymous true",
        "persistence false",
        "log_dest stderr",
        "log_type all",
      ].join("\n"),
    );
    const child = spawn("mosquitto", ["-c", config], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const broker = new Mosquitto(child, port, folder);
    try {
      await broker.#logs((log) => log.includes(" running\n"));
    } catch (error) {
      await broker.stop();
      throw error;
    }
    return broker;
  }

  private constructor(child: ChildProcess, port: number, folder: string) {
    this.#child = child;
    this.port = port;
    this.#folder = folder;
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#log += text;
      this.#room.wake();
    });
    child.on("exit", () => {
      this.#hasEnded = true;
      this.#room.wake();
    });
  }

  /** Resolves when somebody has subscribed to exactly this; what was published before is lost to them. */
  hasSubscriber(topic: string): Promise<void> {
    const line = `\t${topic} (QoS `;
    return this.#logs((log) => log.includes(line));
  }

  async stop(): Promise<void> {
    if (!this.#hasEnded) {
      const exited = once(this.#child, "exit");
      this.#child.kill();
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #logs(says: (log: string) => boolean): Promise<void> {
    await this.#room.until(
      "Mosquitto's log",
      () => this.#hasEnded || says(this.#log),
    );
    if (this.#hasEnded) throw new Error(`Mosquitto has ended:\n${this.#log}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
