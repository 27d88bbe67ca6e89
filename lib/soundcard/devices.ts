import { execFile } from "node:child_process";
import type { Direction, ProgramName } from "./command";
import { LISTINGS, type SoundDevice } from "./device-lists";

/** A sound server that hangs must not keep the dialog waiting. */
const LIST_LIMIT_MS = 3_000;
const MAX_LISTING_BYTES = 256 * 1024;

type Listing = keyof typeof LISTINGS;

const LISTING_OF: Readonly<Record<ProgramName, Listing>> = {
  parec: "pulse",
  pacat: "pulse",
  arecord: "alsa",
  aplay: "alsa",
  // Its usual driver; with another one, the name can still be typed.
  sox: "alsa",
};

/**
 * Devices that a program can use; with `auto`, those of the first program that lists any.
 * @returns an empty list when there is none, or no program to ask
 */
export async function listSoundDevices(
  direction: Direction,
  program: ProgramName | "auto",
): Promise<readonly SoundDevice[]> {
  if (program !== "auto") return list(direction, LISTING_OF[program]);
  const ofServer = await list(direction, "pulse");
  return ofServer.length > 0 ? ofServer : list(direction, "alsa");
}

function list(
  direction: Direction,
  kind: Listing,
): Promise<readonly SoundDevice[]> {
  const { parse, command } = LISTINGS[kind];
  const { program, args } = command(direction);
  const options = {
    timeout: LIST_LIMIT_MS,
    killSignal: "SIGKILL",
    maxBuffer: MAX_LISTING_BYTES,
    env: { ...process.env, LC_ALL: "C" },
  } as const;
  return new Promise((resolve) => {
    // No program, no server, no card: either way there is nothing to choose from.
    execFile(program, args, options, (error, stdout) =>
      resolve(error ? [] : parse(stdout)),
    );
  });
}
