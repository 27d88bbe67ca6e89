import { checkDeviceName } from "./device-name";

export type Direction = "record" | "play";

/** In order of preference: a sound server shares the device, ALSA takes it for itself, sox knows other systems too. */
export const RECORDERS = ["parec", "arecord", "sox"] as const;
export const PLAYERS = ["pacat", "aplay", "sox"] as const;

export type Recorder = (typeof RECORDERS)[number];
export type Player = (typeof PLAYERS)[number];
export type ProgramName = Recorder | Player;

/** A mono PCM16 stream from or to a device. */
export interface StreamOptions {
  /** Name as the program knows it; empty for the system's default. */
  readonly device: string;
  /** Hz */
  readonly sampleRate: number;
  /** How much sound the device may hold back, in milliseconds. */
  readonly latencyMs: number;
}

/** What to run. There is no shell: each argument reaches the program as it is. */
export interface SoundCommand {
  readonly direction: Direction;
  readonly program: ProgramName;
  readonly device: string;
  readonly args: readonly string[];
  /** Beyond the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
}

type Writer = (direction: Direction, options: StreamOptions) => Written;
type Written = Pick<SoundCommand, "args" | "env">;

/**
 * Commands that do the same, the best first.
 * @param program - one of {@link RECORDERS} or {@link PLAYERS}, or `auto` for all of them
 * @throws SoundCardError `device-name`
 */
export function soundCommands(
  direction: Direction,
  program: ProgramName | "auto",
  options: StreamOptions,
): readonly SoundCommand[] {
  checkDeviceName(options.device);
  const known: readonly ProgramName[] =
    direction === "record" ? RECORDERS : PLAYERS;
  const programs = program === "auto" ? known : [program];
  return programs.map((each) => ({
    direction,
    program: each,
    device: options.device,
    ...WRITERS[each](direction, options),
  }));
}

const WRITERS: Readonly<Record<ProgramName, Writer>> = {
  parec: pulse,
  pacat: pulse,
  arecord: alsa,
  aplay: alsa,
  sox,
};

function pulse(_direction: Direction, options: StreamOptions): Written {
  const { device, sampleRate, latencyMs } = options;
  const args = [
    "--raw",
    "--format=s16le",
    `--rate=${sampleRate}`,
    "--channels=1",
    `--latency-msec=${latencyMs}`,
    "--client-name=Node-RED",
  ];
  return { args: device ? [...args, `--device=${device}`] : args, env: {} };
}

/** A recorder that reads late loses sound, so its buffer is longer than what it hands out at a time. */
const RECORD_BUFFERS = 8;
const PLAY_PERIODS = 4;

// Without --quiet: it would hide the warning that the device runs at another rate.
function alsa(direction: Direction, options: StreamOptions): Written {
  const { device, sampleRate, latencyMs } = options;
  const latencyUs = Math.round(latencyMs * 1_000);
  const [bufferUs, periodUs] =
    direction === "record"
      ? [latencyUs * RECORD_BUFFERS, latencyUs]
      : [latencyUs, Math.round(latencyUs / PLAY_PERIODS)];
  const args = [
    "--file-type=raw",
    "--format=S16_LE",
    `--rate=${sampleRate}`,
    "--channels=1",
    `--buffer-time=${bufferUs}`,
    `--period-time=${periodUs}`,
  ];
  return { args: device ? [...args, `--device=${device}`] : args, env: {} };
}

const PCM16_BYTES = 2;
/** sox refuses smaller buffers. */
const SOX_LEAST_BYTES = 64;

function sox(direction: Direction, options: StreamOptions): Written {
  const { device, sampleRate, latencyMs } = options;
  const periodMs =
    direction === "record" ? latencyMs : latencyMs / PLAY_PERIODS;
  const bytes = Math.round((periodMs * sampleRate) / 1_000) * PCM16_BYTES;
  const stream = ["--rate", `${sampleRate}`, "--channels", "1"];
  const samples = [
    "--type",
    "raw",
    "--encoding",
    "signed-integer",
    "--bits",
    "16",
    "--endian",
    "little",
  ];
  const raw = [...samples, ...stream, "-"];
  const card = [...stream, "--default-device"];
  const files = direction === "record" ? [...card, ...raw] : [...raw, ...card];
  const buffer = `${Math.max(SOX_LEAST_BYTES, bytes)}`;
  return {
    args: ["--no-show-progress", "--buffer", buffer, ...files],
    env: device ? { AUDIODEV: device } : {},
  };
}
