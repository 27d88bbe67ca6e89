import { SoundCardError } from "./errors";

/** PulseAudio's names reach about 120 characters; longer is no name. */
const LONGEST = 256;
const UNPRINTABLE = /\p{Cc}/u;

/**
 * Device names are data, never options.
 * @param name - as the user wrote it; empty is the system's default device
 * @throws SoundCardError `device-name`
 */
export function checkDeviceName(name: string): void {
  if (name.startsWith("-") || name.length > LONGEST || UNPRINTABLE.test(name))
    throw new SoundCardError(
      "device-name",
      `${JSON.stringify(name.slice(0, 60))} is no name of a sound device`,
      "Choose one of the devices that the node's dialog lists.",
    );
}
