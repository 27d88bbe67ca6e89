import { randomBytes } from "node:crypto";
import { readToken, signToken } from "./signed-token";

/** A link is opened soon after it is made, or never. */
export const DEFAULT_TICKET_SECONDS = 300;
export const MAX_TICKET_SECONDS = 86_400;
/** Tickets that were used and would still be good; beyond it none is taken until one of them ends. */
const MAX_USED = 100_000;

/** Makes tickets, and takes each of them once. */
export class TicketOffice {
  readonly #key: Buffer;
  readonly #purpose: string;
  readonly #now: () => number;
  /** Ids of used tickets, and when they end anyway, in ms since 1970. */
  readonly #used = new Map<string, number>();

  /**
   * @param purpose - the page that its tickets open, and no other
   * @param now - ms since 1970
   */
  constructor(key: Buffer, purpose: string, now: () => number = Date.now) {
    this.#key = key;
    this.#purpose = purpose;
    this.#now = now;
  }

  issue(seconds = DEFAULT_TICKET_SECONDS): string {
    return signToken(this.#key, {
      aud: this.#purpose,
      jti: randomBytes(16).toString("base64url"),
      exp: Math.ceil(this.#now() / 1_000) + seconds,
    });
  }

  /** @returns `good` once for each ticket */
  take(ticket: string): "good" | "expired" | "invalid" {
    const now = this.#now();
    const claims = readToken(this.#key, ticket, this.#purpose, now);
    if (typeof claims === "string") return claims;
    const endsAt = claims.exp * 1_000;
    const isTooLong = endsAt - now > (MAX_TICKET_SECONDS + 1) * 1_000;
    if (claims.jti === undefined || isTooLong) return "invalid";
    if (this.#used.has(claims.jti)) return "expired";
    this.#forgetEnded(now);
    if (this.#used.size >= MAX_USED) return "expired";
    this.#used.set(claims.jti, endsAt);
    return "good";
  }

  #forgetEnded(now: number): void {
    for (const [id, endsAt] of this.#used)
      if (endsAt <= now) this.#used.delete(id);
  }
}
