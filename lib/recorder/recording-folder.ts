import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { folderFull, recordingFault } from "./faults";

export interface FolderLimits {
  /** A recording is a sound file and a transcript of one name. */
  readonly maxRecordings: number;
  readonly maxBytes: number;
  readonly whenFull: "delete" | "stop";
}

/** Only files of such a name are counted, and deleted. */
const NAME =
  /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z_[A-Za-z0-9_-]{1,64}(?:\.\d+)?)\.(?:wav|json|vtt)$/;
const MAX_KEY_CHARACTERS = 60;

/** Recordings that are being written in this process, whichever node writes them: never deleted. */
const open = new Set<string>();

interface Stored {
  readonly base: string;
  bytes: number;
  readonly files: string[];
}

/** A folder of recordings, and how much may be in it. */
export class RecordingFolder {
  readonly folder: string;
  readonly #limits: FolderLimits;
  /** As counted last, and what was written since. */
  #bytes = 0;

  /** @param folder - absolute */
  constructor(folder: string, limits: FolderLimits) {
    this.folder = folder;
    this.#limits = limits;
  }

  /**
   * Makes room for one more recording.
   * @param startedAt - date
   * @returns its path without an ending; nothing of that name exists
   * @throws VoiceLiveError `VOICE_LIVE_RECORDING` when the folder cannot be used, or is full
   */
  async begin(key: string, startedAt: Date): Promise<string> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const stored = await this.#makeRoom(1, 0);
      const base = this.#freeName(nameOf(key, startedAt), stored);
      open.add(base);
      return base;
    } catch (thrown) {
      throw recordingFault(thrown, this.folder);
    }
  }

  /** The recording is complete. */
  end(base: string): void {
    open.delete(base);
  }

  /**
   * So much is about to be written.
   * @throws VoiceLiveError `VOICE_LIVE_RECORDING` when that is too much
   */
  async grow(bytes: number): Promise<void> {
    this.#bytes += bytes;
    if (this.#bytes <= this.#limits.maxBytes) return;
    try {
      await this.#makeRoom(0, bytes);
    } catch (thrown) {
      throw recordingFault(thrown, this.folder);
    }
  }

  /** @returns what is stored afterwards */
  async #makeRoom(recordings: number, bytes: number): Promise<Stored[]> {
    const { maxRecordings, maxBytes, whenFull } = this.#limits;
    const stored = await this.#list();
    const sum = (): number =>
      stored.reduce((total, each) => total + each.bytes, bytes);
    const isCrowded = (): boolean => stored.length + recordings > maxRecordings;
    while (isCrowded() || sum() > maxBytes) {
      const oldest = stored.findIndex(({ base }) => !open.has(base));
      if (whenFull === "stop" || oldest < 0)
        throw isCrowded()
          ? folderFull(this.folder, `${maxRecordings}`, "recordings")
          : folderFull(this.folder, `${maxBytes / 1e6} MB`, "megabytes");
      const [gone] = stored.splice(oldest, 1);
      for (const file of gone?.files ?? []) await rm(file, { force: true });
    }
    this.#bytes = sum();
    return stored;
  }

  /** Oldest first, as their names are. */
  async #list(): Promise<Stored[]> {
    const byBase = new Map<string, Stored>();
    for (const name of (await readdir(this.folder)).toSorted()) {
      const title = NAME.exec(name)?.[1];
      if (title === undefined) continue;
      const base = path.join(this.folder, title);
      const stored = byBase.get(base) ?? { base, bytes: 0, files: [] };
      byBase.set(base, stored);
      const file = path.join(this.folder, name);
      stored.files.push(file);
      stored.bytes += await sizeOf(file);
    }
    return [...byBase.values()];
  }

  /** Keys that differ in what a file name cannot hold may begin in the same millisecond. */
  #freeName(title: string, stored: readonly Stored[]): string {
    const isTaken = (base: string): boolean =>
      open.has(base) || stored.some((each) => each.base === base);
    const wanted = path.join(this.folder, title);
    let base = wanted;
    for (let number = 2; isTaken(base); number++) base = `${wanted}.${number}`;
    return base;
  }
}

/** Date and key; of the key only what cannot be a path or a hidden file. */
function nameOf(key: string, startedAt: Date): string {
  const date = startedAt.toISOString().replaceAll(/[:.]/g, "-");
  const safe = key.replaceAll(/[^A-Za-z0-9_-]/g, "_");
  return `${date}_${safe.slice(0, MAX_KEY_CHARACTERS) || "_"}`;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (thrown) {
    // Deleted meanwhile, by another node or a person.
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw thrown;
  }
}
