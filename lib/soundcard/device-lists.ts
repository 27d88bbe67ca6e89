import type { Direction } from "./command";

/** A sound device, as its program names it. */
export interface SoundDevice {
  readonly name: string;
  /** For people; the name where there is nothing better. */
  readonly label: string;
}

/**
 * @param listing - output of `pactl list short sources` or `… sinks`: number, name, driver, format, state
 */
export function parsePulseDevices(listing: string): readonly SoundDevice[] {
  return listing
    .split(/\r?\n/)
    .map((line) => line.split("\t")[1] ?? "")
    .filter((name) => name !== "")
    .map((name) => ({ name, label: name }));
}

/** Converters and empty devices that ALSA lists beside the cards: none of them is a microphone or a loudspeaker. */
const ALSA_PLUGINS = new Set([
  "null",
  "lavrate",
  "samplerate",
  "speexrate",
  "speex",
  "upmix",
  "vdownmix",
  "jack",
  "oss",
  "usbstream",
]);

/**
 * @param listing - output of `arecord --list-pcms` or `aplay --list-pcms`: a name, then indented lines about it
 */
export function parseAlsaDevices(listing: string): readonly SoundDevice[] {
  const devices: { name: string; about: string[] }[] = [];
  for (const line of listing.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    if (/^\s/.test(line)) devices.at(-1)?.about.push(line.trim());
    else devices.push({ name: line.trim(), about: [] });
  }
  return devices
    .filter(({ name }) => !ALSA_PLUGINS.has(name.replace(/:.*/, "")))
    .map(({ name, about }) => ({ name, label: about.join(", ") || name }));
}

/** Which kind of listing tells the devices of a program, and how it is asked for. */
export const LISTINGS = {
  pulse: {
    parse: parsePulseDevices,
    command: (direction: Direction) => ({
      program: "pactl",
      args: ["list", "short", direction === "record" ? "sources" : "sinks"],
    }),
  },
  alsa: {
    parse: parseAlsaDevices,
    command: (direction: Direction) => ({
      program: direction === "record" ? "arecord" : "aplay",
      args: ["--list-pcms"],
    }),
  },
} as const;
