import { isRecord, withValueAt, type Settings } from "./json-path";
import { isOffered } from "./session-settings";

/**
 * How easily a voice interrupts and ends a turn, by where people stand. Beside the service's defaults (protocol.md §7.3:
 * threshold 0.5; 400 or 420 ms kept before speech; 500 ms of silence end a turn; 80 or 200 ms of speech begin one):
 */
const PRESETS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // A voice close by stands well above a quiet room, so the usual threshold finds its first sound: little has to be kept
  // before it, pauses are really silent and may be short, and one quick "stop" is enough to interrupt.
  near: {
    threshold: 0.5,
    prefix_padding_ms: 300,
    silence_duration_ms: 400,
    speech_duration_ms: 80,
  },
  // Across a room a voice is faint. A lower threshold hears it; its soft beginnings and endings still go under, so more is
  // kept before it and longer pauses are allowed. Steps and chairs pass that threshold too, but not for 150 ms.
  far: {
    threshold: 0.35,
    prefix_padding_ms: 600,
    silence_duration_ms: 700,
    speech_duration_ms: 150,
  },
  // Noise must not count as speech: a high threshold against hum and distant talk, and a quarter of a second of speech
  // against clatter and coughs. Word edges fall under that threshold as well, hence somewhat longer margins than usual.
  noisy: {
    threshold: 0.7,
    prefix_padding_ms: 500,
    silence_duration_ms: 600,
    speech_duration_ms: 250,
  },
};
const FIELDS = [
  "threshold",
  "prefix_padding_ms",
  "silence_duration_ms",
  "speech_duration_ms",
];

/** What the select shows: `""` when no field is set, a preset when all are exactly its own, else `custom`. */
export function sensitivityOf(settings: Settings): string {
  const fields = offeredFields(settings);
  const { turn_detection: detection } = settings;
  const values = isRecord(detection) ? detection : {};
  if (fields.every((field) => values[field] === undefined)) return "";
  const [name = "custom"] =
    Object.entries(PRESETS).find(([, preset]) =>
      fields.every((field) => values[field] === preset[field]),
    ) ?? [];
  return name;
}

/** Fills the fields that the chosen kind of turn detection has; `""` empties them, `custom` leaves them to the user. */
export function chooseSensitivity(
  settings: Settings,
  choice: string,
): Settings {
  if (choice === "custom") return settings;
  return offeredFields(settings).reduce(
    (changed, field) =>
      withValueAt(changed, pathOf(field), PRESETS[choice]?.[field]),
    settings,
  );
}

/** Whether the chosen kind of turn detection can be more or less sensitive. */
export function isSensitivityOffered(settings: Settings): boolean {
  return offeredFields(settings).length > 0;
}

function offeredFields(settings: Settings): string[] {
  return FIELDS.filter((field) => isOffered(settings, pathOf(field)));
}

/** Where the numbers are. */
export const SENSITIVITY_PATHS = FIELDS.map((field) => pathOf(field));

function pathOf(field: string): string {
  return `turn_detection.${field}`;
}
