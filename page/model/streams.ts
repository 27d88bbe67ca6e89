import type { AudioStream } from "../../lib/talk/page-protocol";

/**
 * Which streams are played. The node numbers its streams anew after a restart, so the player gets numbers of the page's own; and
 * what was announced before an interruption stays silent, however late it arrives.
 */
export class Streams {
  readonly #known = new Map<number, number>();
  #last = 0;
  #generation = 0;

  /** A new connection: its streams have nothing to do with those before. */
  reset(): void {
    this.#known.clear();
    this.#generation = 0;
  }

  /** @returns the player's number; `undefined` for a stream of an interrupted reply */
  begin({ stream, generation }: AudioStream): number | undefined {
    if (generation < this.#generation) return undefined;
    this.#last += 1;
    this.#known.set(stream, this.#last);
    return this.#last;
  }

  /** @returns the player's number; `undefined` for a stream that is not played */
  local(stream: number): number | undefined {
    return this.#known.get(stream);
  }

  /** @returns the node's number; `undefined` for a stream of an earlier connection */
  remote(local: number): number | undefined {
    for (const [remote, known] of this.#known)
      if (known === local) return remote;
    return undefined;
  }

  /** Everything that is known by now is over, and so is what is older than `generation`. */
  flush(generation: number): void {
    this.#generation = Math.max(this.#generation, generation);
  }

  /** The player is through with it. */
  over(local: number): void {
    const remote = this.remote(local);
    if (remote !== undefined) this.#known.delete(remote);
  }
}
