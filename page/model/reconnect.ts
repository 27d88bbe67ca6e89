import { PAGE_CLOSE } from "../../lib/talk/page-protocol";

/** Why the page does not try again by itself. */
export type StopReason =
  "expired" | "foreignOrigin" | "outdated" | "replaced" | "malformed" | "ended";

/** What was wrong with the secret that was given, if one was. */
export type SecretProblem = "wrong" | "braked" | undefined;

export type Step =
  | {
      readonly kind: "retry";
      readonly afterMs: number;
      readonly isCrowded: boolean;
    }
  | { readonly kind: "ask-secret"; readonly problem: SecretProblem }
  | { readonly kind: "stop"; readonly reason: StopReason };

const FIRST_MS = 250;
const MAX_MS = 10_000;
/** Where the node has told us to slow down, or is full, the next try is not worth more haste. */
const CROWDED_MS = 15_000;
/** So often in a row a connection may end over one of our own messages. */
const MOST_MALFORMED = 3;

const STOPS: ReadonlyMap<number, StopReason> = new Map([
  [PAGE_CLOSE.expired, "expired"],
  [PAGE_CLOSE.foreignOrigin, "foreignOrigin"],
  [PAGE_CLOSE.outdated, "outdated"],
  [PAGE_CLOSE.replaced, "replaced"],
  [PAGE_CLOSE.ended, "ended"],
]);

const CROWDED: readonly number[] = [
  PAGE_CLOSE.tooFast,
  PAGE_CLOSE.tooManyPages,
];

/** What follows the end of a connection: backoff with jitter without end, unless the close code says that it is of no use. */
export class Reconnect {
  readonly #random: () => number;
  #tries = 0;
  #malformed = 0;

  /** @param random - 0 up to 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** The node has let the page in. */
  welcomed(): void {
    this.#tries = 0;
  }

  /**
   * @param code - of the socket's close
   * @param hadSecret - a password or a ticket was given
   */
  closed(code: number, hadSecret: boolean): Step {
    if (code === PAGE_CLOSE.denied)
      return { kind: "ask-secret", problem: hadSecret ? "wrong" : undefined };
    if (code === PAGE_CLOSE.braked)
      return { kind: "ask-secret", problem: "braked" };
    const reason = STOPS.get(code);
    if (reason) return { kind: "stop", reason };
    const isOurFault =
      code === PAGE_CLOSE.malformed || code === PAGE_CLOSE.oversize;
    this.#malformed = isOurFault ? this.#malformed + 1 : 0;
    if (this.#malformed >= MOST_MALFORMED)
      return { kind: "stop", reason: "malformed" };
    return this.#retry(CROWDED.includes(code));
  }

  #retry(isCrowded: boolean): Step {
    const longestMs = isCrowded
      ? CROWDED_MS
      : Math.min(FIRST_MS * 2 ** this.#tries, MAX_MS);
    this.#tries += 1;
    const share = 0.5 + this.#random() / 2;
    return { kind: "retry", afterMs: Math.round(longestMs * share), isCrowded };
  }
}
