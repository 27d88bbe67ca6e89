import type { Cause, Causes, Place } from "./cause";
import { NETWORK_CAUSES } from "./network";
import { OWN_CAUSES } from "./own";
import { SERVICE_CAUSES } from "./service";
import { SESSION_END_CAUSES } from "./session-end";
import { UPGRADE_CAUSES } from "./upgrade";

export type { Cause, Place, Severity } from "./cause";

/** Rows by the chapters of docs/errors.md, which is generated from here (`npm run docs`). */
export const CHAPTERS = {
  "The handshake is refused": UPGRADE_CAUSES,
  "The network fails": NETWORK_CAUSES,
  "An open session ends or is damaged": SESSION_END_CAUSES,
  "The service reports": SERVICE_CAUSES,
  "Settings, credentials and messages": OWN_CAUSES,
} as const;

type Chapters = typeof CHAPTERS;

export type CauseId = {
  [Chapter in keyof Chapters]: keyof Chapters[Chapter];
}[keyof Chapters];

/** Everything that can go wrong, each cause once. */
export const CAUSES = Object.assign({}, ...Object.values(CHAPTERS)) as Readonly<
  Record<CauseId, Cause>
>;

interface Marks {
  readonly exact: ReadonlyMap<string, Cause>;
  /** Beginnings, the longest first. */
  readonly beginnings: readonly (readonly [string, Cause])[];
}

const marksByPlace = new Map<Place, Marks>();

/**
 * The cause that shows in a place.
 * @param keys - what shows, the most telling first: `["401 PermissionDenied", "401"]`
 */
export function findCause(place: Place, keys: readonly string[]): Cause {
  const { exact, beginnings } = marksOf(place);
  for (const key of keys) {
    const cause = exact.get(key);
    if (cause) return cause;
  }
  const found = beginnings.find(
    ([beginning]) =>
      beginning === "" || keys.some((key) => key.startsWith(beginning)),
  );
  // Every place has a row for the rest; a place without one is a cause that nobody knows.
  return found?.[1] ?? CAUSES["internal"];
}

function marksOf(place: Place): Marks {
  const known = marksByPlace.get(place);
  if (known) return known;
  const marks = Object.values(CAUSES as Causes).flatMap((cause) =>
    (cause.seen[place] ?? []).map((mark) => [mark, cause] as const),
  );
  const isBeginning = ([mark]: readonly [string, Cause]): boolean =>
    mark.endsWith("*");
  const made = {
    exact: new Map(marks.filter((entry) => !isBeginning(entry))),
    beginnings: marks
      .filter(isBeginning)
      .map(([mark, cause]) => [mark.slice(0, -1), cause] as const)
      .toSorted(([a], [b]) => b.length - a.length),
  };
  marksByPlace.set(place, made);
  return made;
}
