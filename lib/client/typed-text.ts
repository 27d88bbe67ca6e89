import { isKnownServerEvent, type AnyServerEvent } from "../protocol";
import type { Transcript } from "./transcripts";

/**
 * What the user, or the flow in the user's place, has typed: the service places it as an item of text. Items that a new
 * session is told again do not come this way.
 * @returns it as a whole transcript; undefined where the event is anything else
 */
export function typedText(event: AnyServerEvent): Transcript | undefined {
  if (!isKnownServerEvent(event)) return undefined;
  if (event.type !== "conversation.item.created") return undefined;
  const { item } = event;
  if (item.type !== "message" || item.role !== "user") return undefined;
  const text = (item.content ?? [])
    .map((part) => (part.type === "input_text" ? part.text : ""))
    .filter((each) => each !== "")
    .join(" ");
  if (text === "" || !item.id) return undefined;
  return { who: "user", text, isFinal: true, itemId: item.id };
}
