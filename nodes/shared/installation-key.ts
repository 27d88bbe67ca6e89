import { createHmac, randomBytes } from "node:crypto";
import type { NodeAPI } from "node-red";

/** Where Node-RED keeps what it has made up for itself; neither flows nor their exports hold it. */
const SETTING = "voiceLiveTalkSecret";
const BYTES = 32;

/** Members of Node-RED's settings that its types leave out. */
interface StoredSettings {
  available(): boolean;
  get(name: string): unknown;
  set(name: string, value: unknown): Promise<void>;
}

/** For a runtime that stores nothing. */
let ofProcess: string | undefined;

/**
 * A key of this Node-RED that is the same after a restart.
 * @param purpose - keys of two purposes tell nothing about each other
 */
export function installationKey(RED: NodeAPI, purpose: string): Buffer {
  return createHmac("sha256", Buffer.from(secretOf(RED), "base64"))
    .update(purpose)
    .digest();
}

function secretOf(RED: NodeAPI): string {
  const settings = RED.settings as unknown as Partial<StoredSettings>;
  if (!settings.available?.())
    return (ofProcess ??= randomBytes(BYTES).toString("base64"));
  const stored = settings.get?.(SETTING);
  if (typeof stored === "string" && stored.length >= BYTES) return stored;
  const made = randomBytes(BYTES).toString("base64");
  settings.set?.(SETTING, made).catch((error: unknown) => {
    RED.log.warn(
      `Voice Live: the secret of talk pages could not be stored, so pages begin anew after a restart: ${String(error)}`,
    );
  });
  return made;
}
