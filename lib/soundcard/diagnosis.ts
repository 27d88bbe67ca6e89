import type { SoundCommand } from "./command";
import { SoundCardError, type SoundCardFault } from "./errors";

/** How a program ended. */
export interface Ending {
  /** Exit code, `null` after a signal or when it never ran. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
  /** The system's error when it could not be started. */
  readonly startError?: NodeJS.ErrnoException;
  /** Why we ended it ourselves. */
  readonly verdict?: SoundCardError;
}

export const NO_PROGRAM = new SoundCardError(
  "no-program",
  "No program for sound is installed",
  "Install alsa-utils or pulseaudio-utils or sox.",
);

/** Packages of Debian, Raspberry Pi OS and Ubuntu. */
const PACKAGES: Readonly<Record<SoundCommand["program"], string>> = {
  parec: "pulseaudio-utils",
  pacat: "pulseaudio-utils",
  arecord: "alsa-utils",
  aplay: "alsa-utils",
  sox: "sox",
};

interface Symptom {
  readonly pattern: RegExp;
  readonly code: SoundCardFault;
  readonly reason: (device: string) => string;
  readonly nextStep: string;
}

/** What the programs print in the locale C, the most telling first. */
const SYMPTOMS: readonly Symptom[] = [
  {
    pattern: /Device or resource busy/,
    code: "busy-device",
    reason: (device) => `${device} is in use by another program`,
    nextStep:
      "Close the other program, or choose a device that can be shared, such as default.",
  },
  {
    pattern: /Permission denied|Access denied/,
    code: "no-permission",
    reason: (device) => `${device} may not be used by Node-RED's user`,
    nextStep: "Add that user to the group audio.",
  },
  {
    pattern:
      /rate is not accurate|(?:Channels count|Sample format|Rate) .*non available|Invalid argument/,
    code: "unsuitable-device",
    reason: (device) => `${device} cannot do mono at this sample rate`,
    nextStep: "Choose its plughw: or default variant, which converts.",
  },
  {
    pattern: /Connection (?:refused|terminated)|Unable to connect/,
    code: "no-server",
    reason: () => "The sound server does not answer",
    nextStep:
      "Start PulseAudio or PipeWire for Node-RED's user, or choose another program.",
  },
  {
    pattern:
      /No such entity|Unknown PCM|No such device|No such file or directory|no default audio device/i,
    code: "unknown-device",
    reason: (device) => `There is no ${device}`,
    nextStep:
      "Plug it in, or choose one of the devices that the node's dialog lists.",
  },
];

/** Why a program that should run does not. */
export function diagnose(
  { program, device }: SoundCommand,
  { code, signal, stderr, startError, verdict }: Ending,
): SoundCardError {
  if (verdict) return verdict;
  if (startError) return notStarted(program, startError);
  const name = device ? `sound device ${device}` : "default sound device";
  const symptom = SYMPTOMS.find(({ pattern }) => pattern.test(stderr));
  if (symptom)
    return new SoundCardError(
      symptom.code,
      capitalized(symptom.reason(name)),
      symptom.nextStep,
    );
  return new SoundCardError(
    "ended",
    `${program} has ended (${signal ?? `code ${code}`})${lastLine(stderr)}`,
    "It is started again by itself.",
  );
}

/** Of the faults of several programs, the one that says most: a program that is missing says least. */
export function mostTelling(faults: readonly SoundCardError[]): SoundCardError {
  const told = faults.find(({ code }) => code !== "no-program");
  return told ?? (faults.length === 1 ? faults[0]! : NO_PROGRAM);
}

/** Whether a line on stderr, of a program that goes on, makes its sound useless. */
export function isWrongRate(stderr: string): boolean {
  return /rate is not accurate/.test(stderr);
}

function notStarted(
  program: SoundCommand["program"],
  { code, message }: NodeJS.ErrnoException,
): SoundCardError {
  if (code === "ENOENT")
    return new SoundCardError(
      "no-program",
      `${program} is not installed`,
      `Install ${PACKAGES[program]}, or choose another program.`,
    );
  return new SoundCardError(
    "ended",
    `${program} could not be started: ${message}`,
    "It is tried again by itself.",
  );
}

function lastLine(stderr: string): string {
  const line =
    stderr
      .trim()
      .split(/[\r\n]+/)
      .at(-1) ?? "";
  return line === "" ? "" : `: ${line.slice(0, 200)}`;
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
