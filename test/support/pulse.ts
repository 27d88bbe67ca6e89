import assert from "node:assert/strict";
import {
  execFileSync,
  spawn,
  spawnSync,
  type ChildProcess,
} from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** What the tests of the sound card need; Debian's packages of these are in the message of `usePulse`. */
const PROGRAMS = ["pulseaudio", "pactl", "parec", "arecord", "sox"] as const;
const PACKAGES =
  "pulseaudio pulseaudio-utils alsa-utils libasound2-plugins sox";

/** Loudspeaker and microphone; both are sinks, and what is played into the second one is heard at its monitor. */
export const SPEAKER = "speaker";
export const MICROPHONE = "microphone.monitor";
/** Names of the same in ALSA. */
export const ALSA_SPEAKER = "loud";
export const ALSA_MICROPHONE = "mic";

export const RATE = 24_000;
const RAW = ["--raw", "--format=s16le", `--rate=${RATE}`, "--channels=1"];

/** Gives a `describe` a private sound server, or skips it where PulseAudio is not installed. */
export function usePulse(): PulseServer {
  const server = new PulseServer();
  before(async function () {
    if (!isInstalled()) {
      process.stdout.write(
        `      Skipped: the tests of the sound card need Linux and ${PACKAGES}\n`,
      );
      this.skip();
    }
    await server.start();
  });
  after(() => server.remove());
  return server;
}

function isInstalled(): boolean {
  return (
    process.platform === "linux" &&
    PROGRAMS.every(
      (program) =>
        !spawnSync(program, ["--version"], { stdio: "ignore" }).error,
    )
  );
}

/**
 * A PulseAudio of our own, with two null sinks that are paced like cards. It has its own folder, so it neither meets nor
 * disturbs the one of the user.
 */
export class PulseServer {
  readonly #folder = mkdtempSync(path.join(tmpdir(), "voice-live-pulse-"));
  #daemon: ChildProcess | undefined;

  get #socket(): string {
    return path.join(this.#folder, "socket");
  }

  /** Environment of its clients. */
  get env(): Readonly<Record<string, string>> {
    const folder = this.#folder;
    return {
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      PULSE_RUNTIME_PATH: path.join(folder, "runtime"),
      PULSE_STATE_PATH: path.join(folder, "state"),
      PULSE_SERVER: `unix:${this.#socket}`,
      ALSA_CONFIG_PATH: path.join(folder, "asound.conf"),
      AUDIODRIVER: "pulseaudio",
    };
  }

  async start(): Promise<void> {
    mkdirSync(path.join(this.#folder, "runtime"), {
      recursive: true,
      mode: 0o700,
    });
    writeFileSync(path.join(this.#folder, "asound.conf"), ASOUND);
    // A server that was killed leaves it behind.
    rmSync(this.#socket, { force: true });
    const listening = this.#listening();
    this.#daemon = spawn(
      "pulseaudio",
      [
        "-n",
        "--daemonize=no",
        "--use-pid-file=no",
        // It does not outlive a test run that dies.
        "--exit-idle-time=30",
        "--log-target=stderr",
        "--log-level=error",
        ...["speaker", "microphone"].flatMap((name) => [
          "-L",
          // Without norewinds, a null sink renders 2 s at a time until a client asks for less.
          `module-null-sink sink_name=${name} rate=48000 channels=2 norewinds=1`,
        ]),
        "-L",
        `module-native-protocol-unix auth-anonymous=1 socket=${this.#socket}`,
      ],
      {
        stdio: "ignore",
        env: { ...process.env, ...this.env },
      },
    );
    await listening;
    // It answers once it has loaded everything.
    execFileSync("pactl", ["info"], { env: { ...process.env, ...this.env } });
  }

  /** As when it crashes. */
  async kill(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (!daemon || daemon.exitCode !== null) return;
    const ended = once(daemon, "exit");
    daemon.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Records what the loudspeaker plays, from when this resolves on. */
  async listen(): Promise<Ear> {
    const ear = new Ear(
      this.#client("parec", [
        ...RAW,
        "--record",
        "--device=speaker.monitor",
        "--latency-msec=10",
      ]),
    );
    await ear.until("the first sound", () => ear.pcm.length > 0);
    return ear;
  }

  /** Plays into the microphone, at the speed at which it sounds; resolves at its end. */
  async speak(pcm: Buffer): Promise<void> {
    const mouth = this.#client("pacat", [
      ...RAW,
      "--playback",
      "--device=microphone",
      "--latency-msec=100",
    ]);
    const ended = once(mouth, "exit");
    mouth.stdin!.end(pcm);
    await ended;
  }

  /** Sound programs that use this server and run, whoever started them: their names. */
  programs(): readonly string[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => this.#programOf(pid))
      .toSorted();
  }

  #programOf(pid: string): readonly string[] {
    try {
      const program = path.basename(
        readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] ?? "",
      );
      if (!SOUND_PROGRAMS.has(program)) return [];
      const isOurs = readFileSync(`/proc/${pid}/environ`, "utf8").includes(
        this.#socket,
      );
      return isOurs && readlinkSync(`/proc/${pid}/exe`) ? [program] : [];
    } catch {
      // It ended while it was looked at.
      return [];
    }
  }

  #client(program: string, args: readonly string[]): ChildProcess {
    // Under a name of its own, so that `programs` does not count it.
    return spawn(program, args, {
      argv0: "voice-live-test",
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, ...this.env },
    });
  }

  #listening(): Promise<void> {
    return new Promise((resolve) => {
      const watcher = watch(this.#folder, () => {
        if (!existsSync(this.#socket)) return;
        watcher.close();
        resolve();
      });
    });
  }
}

const SOUND_PROGRAMS = new Set(["parec", "pacat", "arecord", "aplay", "sox"]);
const ASOUND = `pcm.!default { type pulse }
pcm.${ALSA_MICROPHONE} { type pulse device ${MICROPHONE} }
pcm.${ALSA_SPEAKER} { type pulse device ${SPEAKER} }
`;

const WAIT_LIMIT_MS = 10_000;

/** A recording that grows. */
export class Ear {
  readonly #child: ChildProcess;
  readonly #chunks: Buffer[] = [];
  readonly #checks = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout!.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      for (const check of this.#checks) check();
    });
  }

  /** All of it so far: mono PCM16 at `RATE`. */
  get pcm(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Resolves when what was recorded makes it true. */
  until(what: string, isTrue: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#checks.delete(check);
        reject(new Error(`Waited ${WAIT_LIMIT_MS / 1_000} s for ${what}`));
      }, WAIT_LIMIT_MS);
      const check = (): void => {
        if (!isTrue()) return;
        clearTimeout(timer);
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
  }

  /** Resolves after so much more sound, or silence, than there is. */
  async passes(ms: number): Promise<void> {
    const bytes = this.pcm.length + (ms * RATE * 2) / 1_000;
    await this.until(`${ms} ms more`, () => this.pcm.length >= bytes);
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }
}

/** Looks again and again at what no event tells, such as the processes of the system. */
export async function eventually(
  what: string,
  isTrue: () => boolean,
): Promise<void> {
  const until = performance.now() + WAIT_LIMIT_MS;
  while (!isTrue()) {
    assert.ok(performance.now() < until, `Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
