import { invalidValue, RequestFault } from "./request-fault";

/** Largest audio of one event. @see protocol.md §2.5 */
export const MAX_AUDIO_BYTES = 15 * 1024 * 1024;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Audio of a client event.
 * @param param - the member it came in, for the error
 * @throws RequestFault when it is no base64 or too large
 */
export function decodeAudio(base64: string, param: string): Buffer {
  if (base64.length % 4 === 1 || !BASE64.test(base64))
    throw invalidValue(param, "base64", {});
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length > MAX_AUDIO_BYTES) {
    throw new RequestFault(
      "invalid_value",
      `Audio of ${bytes.length} bytes is larger than 15 MiB.`,
      param,
    );
  }
  return bytes;
}
