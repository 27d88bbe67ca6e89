import { BoundedMap } from "../bounded-map";
import { Track } from "./track";

/** `msg.voice` of a message (design.md §4.2); sound from elsewhere has none, or less. */
export type Voice = Readonly<Record<string, unknown>>;

/** Where a chunk lies in its reply is no property of the item. */
const CHUNK_PROPERTIES = ["startMs", "durationMs", "playedMs"];
/** Items of a reply come one after the other; beyond this many the oldest has long been heard. */
const MAX_TRACKS = 100;

/** The track of each item, for as long as more of it may come. */
export class Tracks {
  readonly #tracks = new BoundedMap<string, Track<Voice>>(MAX_TRACKS);

  of(voice: Voice): Track<Voice> {
    const key = JSON.stringify([voice["conversation"], voice["itemId"]]);
    const known = this.#tracks.get(key);
    // Sound that belongs to no item is one stretch until it has been heard.
    if (known && (voice["itemId"] !== undefined || !known.isHeard))
      return known;
    const track = new Track(itemVoice(voice));
    this.#tracks.set(key, track);
    return track;
  }
}

function itemVoice(voice: Voice): Voice {
  return Object.fromEntries(
    Object.entries(voice).filter(([name]) => !CHUNK_PROPERTIES.includes(name)),
  );
}
