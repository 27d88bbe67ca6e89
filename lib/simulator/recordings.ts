import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeMulaw, parseWav } from "../audio";
import type { Sound } from "./audio-format";
import { isJsonObject } from "./json-object";

/** A phrase that ships with the package. @see recordings/README.md */
export interface Recording {
  readonly file: string;
  /** `user` phrases are recognised, `assistant` phrases are spoken. */
  readonly role: "user" | "assistant";
  readonly text: string;
}

// Compiled files live in dist/lib/simulator; the recordings stay beside dist.
const FOLDER = join(__dirname, "..", "..", "..", "recordings");

let index: readonly Recording[] | undefined;
const sounds = new Map<string, Sound>();

/** All phrases, read once. */
export function recordings(): readonly Recording[] {
  index ??= readIndex();
  return index;
}

/** The samples of a phrase, read once. */
export function soundOf(recording: Recording): Sound {
  const known = sounds.get(recording.file);
  if (known) return known;
  const wav = parseWav(readFileSync(join(FOLDER, recording.file)));
  const sound = {
    pcm: wav.encoding === "mu-law" ? decodeMulaw(wav.data) : wav.data,
    sampleRate: wav.sampleRate,
  };
  sounds.set(recording.file, sound);
  return sound;
}

function readIndex(): readonly Recording[] {
  const listed: unknown = JSON.parse(
    readFileSync(join(FOLDER, "index.json"), "utf8"),
  );
  if (Array.isArray(listed) && listed.every(isRecording)) return listed;
  throw new TypeError(
    "Expected recordings/index.json to list file, role and text of each recording",
  );
}

function isRecording(value: unknown): value is Recording {
  if (
    !isJsonObject(value) ||
    typeof value["file"] !== "string" ||
    typeof value["text"] !== "string"
  )
    return false;
  return value["role"] === "user" || value["role"] === "assistant";
}
