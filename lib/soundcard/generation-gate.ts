import { BoundedMap } from "../bounded-map";

/** What `msg.voice` says about the age of a sound. */
export interface VoiceAge {
  readonly conversation: string;
  readonly sessionId: string;
  readonly generation: number;
}

interface Seen {
  readonly sessionId: string;
  readonly generation: number;
  /** Sessions before it: what still comes from them is old. */
  readonly earlier: readonly string[];
}

/** More than one speaker talks with; beyond it the oldest conversation is forgotten. */
const MAX_CONVERSATIONS = 100;
const MAX_EARLIER = 8;

/**
 * Tells sound of an interrupted reply, which may still be on its way, from the sound that follows (design.md §4.2).
 * A deploy begins counting anew, with a session that nobody has seen before.
 */
export class GenerationGate {
  readonly #seen = new BoundedMap<string, Seen>(MAX_CONVERSATIONS);

  /** @returns `stale`: drop it; `newer`: what is left of older sound is stale from here on; `current`: neither */
  judge(age: VoiceAge): "stale" | "current" | "newer" {
    const seen = this.#seen.get(age.conversation);
    if (!seen) return (this.#remember(age, []), "current");
    const isKnown =
      seen.sessionId === age.sessionId || seen.earlier.includes(age.sessionId);
    if (isKnown && age.generation < seen.generation) return "stale";
    const isNewer = !isKnown || age.generation > seen.generation;
    if (!isNewer) return "current";
    this.#remember(age, earlierOf(seen, age.sessionId));
    // The socket was renewed between two turns: the reply that plays is to be heard to its end.
    return age.generation === seen.generation ? "current" : "newer";
  }

  #remember(
    { conversation, sessionId, generation }: VoiceAge,
    earlier: readonly string[],
  ): void {
    this.#seen.set(conversation, { sessionId, generation, earlier });
  }
}

function earlierOf(seen: Seen, sessionId: string): readonly string[] {
  return [seen.sessionId, ...seen.earlier]
    .filter((each) => each !== sessionId)
    .slice(0, MAX_EARLIER);
}
