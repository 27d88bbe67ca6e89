import { randomBytes } from "node:crypto";

/** What an id names; the first part of the id. @see protocol.md §4 */
export type IdPrefix = "event" | "item" | "sess" | "resp" | "call" | "conv";

/** 18 bytes make 24 base64 characters without padding, 144 random bits. */
const RANDOM_BYTES = 18;

/**
 * A new id such as `item_9Xb3…`: the prefix, an underscore and 24 url-safe random characters. Ids are opaque to the
 * service and to us.
 * @see protocol.md §4
 */
export function createId(prefix: IdPrefix): string {
  return `${prefix}_${randomBytes(RANDOM_BYTES).toString("base64url")}`;
}
