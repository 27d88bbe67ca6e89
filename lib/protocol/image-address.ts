import type { ClientEvent } from "./client-events";
import type { RequestItem } from "./items";
import { isJsonObject } from "./json";
import type { Dialect } from "./versions";

/** The first version that calls it `image_url`. @see protocol.md §8.2 */
const RENAMED_IN = "2026-06-01";

/** What a version calls the address of an image in a message. Versions of OpenAI's services are dated, too, and another matter. */
export function imageMember(
  apiVersion: string,
  dialect: Dialect,
): "image_url" | "url" {
  const isOlder =
    dialect === "dated" &&
    /^\d{4}-/.test(apiVersion) &&
    apiVersion < RENAMED_IN;
  return isOlder ? "url" : "image_url";
}

/** The same event with the addresses of the images in it under the version's name; ours is `image_url`. */
export function imagesToVersion(
  event: ClientEvent,
  apiVersion: string,
  dialect: Dialect,
): ClientEvent {
  if (imageMember(apiVersion, dialect) === "image_url") return event;
  if (event.type === "conversation.item.create")
    return { ...event, item: renamed(event.item) };
  if (event.type !== "response.create" || !event.response) return event;
  const { input_items: given, append_input_items: added } = event.response;
  return {
    ...event,
    response: {
      ...event.response,
      ...(given && { input_items: given.map(renamed) }),
      ...(added && { append_input_items: added.map(renamed) }),
    },
  };
}

function renamed<T extends RequestItem>(item: T): T {
  if (!("content" in item) || !Array.isArray(item.content)) return item;
  return { ...item, content: item.content.map(withOldName) };
}

function withOldName(part: unknown): unknown {
  if (!isJsonObject(part) || part.type !== "input_image") return part;
  const { image_url: url, ...others } = part;
  return url === undefined ? part : { ...others, url };
}
