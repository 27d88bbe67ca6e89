import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { inTime } from "../in-time";
import { folderFull, folderSilent, recordingFault } from "./faults";

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
/** A disk that sleeps is awake by then; a network share whose server is gone may take for ever. */
const ANSWERS_WITHIN_MS = 10_000;

/** Recordings that are being written in this process, whichever node writes them: never deleted. */
const open = new Set<string>();

/** Folders that are being made: where one does not answer, one thread of the process waits for it, and not one for each recording. */
const making = new Map<string, { work: Promise<void>; begunAt: number }>();
/** After so long it is asked once more: what hung may be there again, and the question was lost. */
const ASKED_AGAIN_AFTER_MS = 300_000;

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
      await this.#answer(made(this.folder));
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
    const names = await this.#answer(readdir(this.folder));
    for (const name of names.toSorted()) {
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

  #answer<T>(asked: Promise<T>): Promise<T> {
    return inTime(asked, ANSWERS_WITHIN_MS, () => {
      throw folderSilent(this.folder);
    });
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

function made(folder: string): Promise<void> {
  const now = performance.now();
  const pending = making.get(folder);
  if (pending && now - pending.begunAt < ASKED_AGAIN_AFTER_MS)
    return pending.work;
  const work = makeFolder(folder).finally(() => {
    if (making.get(folder)?.work === work) making.delete(folder);
  });
  making.set(folder, { work, begunAt: now });
  return work;
}

/** With `recursive`, mkdir tries without end where a folder refuses what is to be made in it as if it were not there, as /proc does. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder);
  } catch (thrown) {
    const parent = path.dirname(folder);
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== "ENOENT" || parent === folder) throw thrown;
    await makeFolder(parent);
    await makeOne(folder);
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (thrown) {
    const there = await stat(folder).catch(() => undefined);
    if (!there?.isDirectory()) throw thrown;
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
