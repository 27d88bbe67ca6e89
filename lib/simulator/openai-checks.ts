import {
  type Dialect,
  fitResponse,
  fitSession,
  OPENAI_VOICES,
} from "../protocol";
import { invalidValue, RequestFault } from "./request-fault";

const VOICES: readonly unknown[] = OPENAI_VOICES;

/**
 * Checks a member that Voice Live would take for what OpenAI's services take of it.
 * @throws RequestFault naming the part that they do not have
 */
export function checkForOpenAI(
  name: string,
  value: unknown,
  root: "session" | "response",
  dialect: Dialect,
): void {
  if (name === "voice" && !VOICES.includes(value))
    throw invalidValue(`${root}.voice`, OPENAI_VOICES.join(", "), value);
  const member = { [name]: value };
  const [first] =
    root === "response"
      ? fitResponse(member, dialect).missing
      : fitSession(member, dialect).missing;
  if (!first) return;
  const param =
    root === "response" ? first.setting : `${root}.${first.setting}`;
  throw new RequestFault(
    "invalid_value",
    `Invalid value: '${param}' is not supported: ${first.reason}.`,
    param,
  );
}
