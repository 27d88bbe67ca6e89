import {
  familyOfModel,
  type ModelFamily,
  type ResponseSession,
} from "../protocol";
import { isJsonObject, memberOf } from "./json-object";
import { RequestFault } from "./request-fault";
import { isMcpServer } from "./mcp-servers";
import type { SessionOrigin } from "./session-defaults";

/** What only some models, or speech of some voices, can do. Each names the member that the service refuses. */
interface Rule {
  readonly member: string;
  /** Completes "… needs". */
  readonly needs: string;
  readonly isUsed: (session: ResponseSession) => boolean;
  readonly isMet: (family: ModelFamily, session: ResponseSession) => boolean;
}

const GPT_REALTIME = {
  needs: "a gpt-realtime model",
  isMet: (family: ModelFamily) => family === "gpt-realtime",
};

/** Models that hear by text have Azure's speech recognition for that. @see protocol.md §7.5 */
const OPENAI_TRANSCRIPTION = /^(whisper-1|gpt-4o-.*transcribe.*)$/;

/** @see protocol.md §7, §8.3, §14 */
const RULES: readonly Rule[] = [
  {
    member: "voice",
    ...GPT_REALTIME,
    isUsed: ({ voice }) => kindOf(voice) === "openai",
  },
  {
    member: "voice",
    needs: "the model azure-realtime",
    isUsed: ({ voice }) => kindOf(voice) === "azure-realtime-native",
    isMet: (family) => family === "azure-realtime",
  },
  {
    member: "turn_detection.type",
    ...GPT_REALTIME,
    isUsed: ({ turn_detection: detection }) =>
      kindOf(detection) === "semantic_vad",
  },
  {
    member: "input_audio_noise_reduction.type",
    ...GPT_REALTIME,
    isUsed: ({ input_audio_noise_reduction: reduction }) =>
      ["near_field", "far_field"].includes(kindOf(reduction)),
  },
  {
    member: "input_audio_transcription.model",
    ...GPT_REALTIME,
    isUsed: ({ input_audio_transcription: transcription }) =>
      OPENAI_TRANSCRIPTION.test(transcription?.model ?? ""),
  },
  {
    member: "output_audio_timestamp_types",
    needs: "a voice of Azure",
    isUsed: ({ output_audio_timestamp_types: types }) =>
      (types ?? []).length > 0,
    isMet: (_family, { voice }) => isAzures(voice),
  },
  {
    member: "interim_response",
    needs: "a text model or an agent, with a voice of Azure",
    isUsed: ({ interim_response: interim }) => Boolean(interim),
    isMet: (family, { voice }) => family === "text" && isAzures(voice),
  },
  {
    member: "tools",
    needs: "another model than phi for an MCP server",
    isUsed: ({ tools }) => (tools ?? []).some(isMcpServer),
    isMet: (family) => family !== "phi",
  },
];

export function familyOf(origin: SessionOrigin): ModelFamily {
  if (origin.agentName !== undefined) return "text";
  return familyOfModel(origin.model ?? "", origin.profile);
}

/**
 * Checks what has to fit together: model, voice and what needs them.
 * @param root - where the members live, for the error's `param`
 * @throws RequestFault naming the first member that this model cannot use
 */
export function checkForModel(
  session: ResponseSession,
  family: ModelFamily,
  root: "session" | "response" = "session",
): void {
  for (const { member, needs, isUsed, isMet } of RULES) {
    if (!isUsed(session) || mayBe(family).some((each) => isMet(each, session)))
      continue;
    throw new RequestFault(
      "invalid_value",
      `Invalid value: '${root}.${member}' needs ${needs}.`,
      `${root}.${member}`,
    );
  }
}

/** A model of an open name may be of any family; what its voice can do is known all the same. */
function mayBe(family: ModelFamily): readonly ModelFamily[] {
  return family === "unknown"
    ? ["gpt-realtime", "azure-realtime", "text"]
    : [family];
}

/** A bare voice is one of OpenAI's. @see protocol.md §7.2 */
function kindOf(value: unknown): string {
  if (typeof value === "string") return "openai";
  return isJsonObject(value) ? String(memberOf(value, "type")) : "";
}

function isAzures(voice: unknown): boolean {
  const kind = kindOf(voice);
  return kind !== "openai" && kind !== "azure-realtime-native";
}
