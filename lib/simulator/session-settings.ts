import { isDeepStrictEqual } from "node:util";
import {
  isKnownSetting,
  isOpenAI,
  type ModelFamily,
  type RequestSession,
  type ResponseSession,
} from "../protocol";
import { type InputFormat } from "./audio-format";
import { withIceServers } from "./avatar";
import type { TurnDetection } from "./input-buffer";
import { isJsonObject, memberOf } from "./json-object";
import { checkForOpenAI } from "./openai-checks";
import { checkForModel, familyOf } from "./model-checks";
import { invalidValue, RequestFault } from "./request-fault";
import { checkSetting } from "./session-checks";
import {
  defaultSettings,
  defaultTurnDetection,
  type SessionOrigin,
} from "./session-defaults";

/** What the service does with a turn that it has found. @see protocol.md §7.3 */
export interface TurnHandling {
  readonly createResponse: boolean;
  readonly interruptResponse: boolean;
  readonly autoTruncate: boolean;
}

/** What has happened that forbids some changes. */
export interface SettingsLocks {
  /** The model has spoken, so its voice stays. */
  readonly hasSpoken: boolean;
  /** Audio has arrived, so the layout of an echo reference stays. */
  readonly hasHeard: boolean;
}

/** The effective session object and the rules by which it changes. @see protocol.md §5, §7 */
export class SessionSettings {
  readonly #origin: SessionOrigin;
  #current: ResponseSession;

  constructor(origin: SessionOrigin) {
    this.#origin = origin;
    this.#current = defaultSettings(origin);
  }

  /** The whole session as `session.created` and `session.updated` carry it. */
  get current(): ResponseSession {
    return this.#current;
  }

  /**
   * Merges a partial session: only members present change; `null` returns a member to its default or switches it off;
   * what is no setting of the service is taken without a word, and is not in the session that it tells of.
   * @throws RequestFault and leaves everything as it was when any member is refused
   */
  update(partial: RequestSession, locks: SettingsLocks): void {
    const next: ResponseSession = { ...this.#current };
    for (const [name, value] of Object.entries(partial)) {
      if (value !== undefined && isKnownSetting(name))
        Object.assign(next, { [name]: this.#merged(name, value) });
    }
    this.#adaptSamplingRate(partial, next);
    this.#checkTogether(next, locks);
    this.checkModel(next);
    if (next.avatar) next.avatar = withIceServers(next.avatar);
    this.#current = next;
  }

  /**
   * Checks one member of a session or of a response's overrides, as the service that is played would.
   * @throws RequestFault when it would refuse the value
   */
  check(
    name: string,
    value: unknown,
    root: "session" | "response" = "session",
  ): void {
    checkSetting(name, value, root);
    const { dialect } = this.#origin;
    if (isOpenAI(dialect)) checkForOpenAI(name, value, root, dialect);
  }

  /**
   * Checks whether this session's model and voice can do what is asked of them.
   * @throws RequestFault when they cannot
   */
  checkModel(
    asked: ResponseSession,
    root: "session" | "response" = "session",
  ): void {
    if (!isOpenAI(this.#origin.dialect))
      checkForModel(asked, this.family, root);
  }

  /** OpenAI's services have realtime models only. */
  get family(): ModelFamily {
    return isOpenAI(this.#origin.dialect)
      ? "gpt-realtime"
      : familyOf(this.#origin);
  }

  get inputFormat(): InputFormat {
    return inputFormatOf(this.#current);
  }

  /** `undefined` for manual turns. */
  get turnDetection(): TurnDetection | undefined {
    const detection = this.#current.turn_detection;
    if (!detection) return undefined;
    const { eagerness } = { eagerness: undefined, ...detection };
    return {
      threshold: numberOf(detection, "threshold", 0.5),
      prefixPaddingMs: numberOf(detection, "prefix_padding_ms", 300),
      silenceMs: numberOf(
        detection,
        "silence_duration_ms",
        silenceOfEagerness(eagerness),
      ),
      speechMs: numberOf(detection, "speech_duration_ms", 200),
    };
  }

  get turnHandling(): TurnHandling {
    const detection = this.#current.turn_detection;
    return {
      createResponse: detection?.create_response ?? true,
      interruptResponse: detection?.interrupt_response ?? true,
      autoTruncate: detection?.auto_truncate ?? false,
    };
  }

  #merged(name: string, value: unknown): unknown {
    if (SERVER_ONLY.has(name)) return memberOf(this.#current, name);
    if (value === null)
      return NULLABLE.has(name)
        ? null
        : memberOf(defaultSettings(this.#origin), name);
    this.check(name, value);
    if (name === "model" && value !== this.#current.model) {
      throw new RequestFault(
        "invalid_value",
        "The model of a session cannot be changed.",
        "session.model",
      );
    }
    if (name === "instructions" && this.#origin.agentName !== undefined) {
      throw new RequestFault(
        "invalid_value",
        "Instructions come from the agent and cannot be set.",
        "session.instructions",
      );
    }
    if (name !== "turn_detection" || !isJsonObject(value)) return value;
    return {
      ...defaultTurnDetection(String(value["type"]), this.#origin.apiVersion),
      ...value,
    };
  }

  /** A format that was chosen without a rate brings its own. @see protocol.md §7.1 */
  #adaptSamplingRate(partial: RequestSession, next: ResponseSession): void {
    const format = partial.input_audio_format;
    if (
      !format ||
      format === this.#current.input_audio_format ||
      partial.input_audio_sampling_rate
    )
      return;
    next.input_audio_sampling_rate = format === "pcm16" ? 24_000 : 8000;
  }

  #checkTogether(next: ResponseSession, locks: SettingsLocks): void {
    if (
      locks.hasSpoken &&
      !isDeepStrictEqual(typed(next.voice), typed(this.#current.voice))
    ) {
      throw new RequestFault(
        "cannot_update_voice",
        "Cannot update a conversation's voice if assistant audio is present.",
        "session.voice",
      );
    }
    checkSamplingRate(next);
    this.#checkEchoReference(next, locks);
  }

  #checkEchoReference(next: ResponseSession, locks: SettingsLocks): void {
    const channels = inputFormatOf(next).channels;
    const param = "session.input_audio_echo_cancellation";
    if (channels === 2 && next.input_audio_format !== "pcm16")
      throw invalidValue(param, "pcm16 input for two channels", 2);
    if (
      channels === 2 &&
      !this.#origin.features.includes("client_ec_reference:true")
    ) {
      throw invalidValue(
        param,
        "features=client_ec_reference:true in the URL for a client reference",
        "client",
      );
    }
    if (locks.hasHeard && channels !== this.inputFormat.channels) {
      throw new RequestFault(
        "invalid_value",
        "The echo reference cannot change once audio has been received.",
        param,
      );
    }
  }
}

/** Members that a client may send back but not change. */
const SERVER_ONLY = new Set(["id", "object", "expires_at", "agent"]);

/** Members that an explicit `null` switches off; on others it restores the default. @see protocol.md §5 */
const NULLABLE = new Set([
  "turn_detection",
  "input_audio_noise_reduction",
  "input_audio_echo_cancellation",
  "input_audio_transcription",
]);

/** A bare name is an OpenAI voice. @see protocol.md §7.2 */
function typed(voice: ResponseSession["voice"]): ResponseSession["voice"] {
  return typeof voice === "string" ? { type: "openai", name: voice } : voice;
}

const ENCODINGS = ["pcm16", "g711_ulaw", "g711_alaw"] as const;

function inputFormatOf(session: ResponseSession): InputFormat {
  const encoding =
    ENCODINGS.find((name) => name === session.input_audio_format) ?? "pcm16";
  return {
    encoding,
    sampleRate:
      session.input_audio_sampling_rate ??
      (encoding === "pcm16" ? 24_000 : 8000),
    channels: session.input_audio_echo_cancellation?.channels === 2 ? 2 : 1,
  };
}

function checkSamplingRate({
  input_audio_format: format,
  input_audio_sampling_rate: rate,
}: ResponseSession): void {
  if (format !== "pcm16" && rate !== 8000)
    throw invalidValue(
      "session.input_audio_sampling_rate",
      "8000 for G.711",
      rate,
    );
}

function numberOf(object: object, name: string, fallback: number): number {
  const value = memberOf(object, name);
  return typeof value === "number" ? value : fallback;
}

/** `semantic_vad` has no silence of its own: an eager listener answers sooner. */
function silenceOfEagerness(eagerness: unknown): number {
  if (eagerness === "high") return 300;
  return eagerness === "low" ? 900 : 500;
}
