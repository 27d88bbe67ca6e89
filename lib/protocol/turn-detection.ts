import type { Eagerness, EouModel, EouThresholdLevel } from "./enums";

/**
 * How the service finds the end of the user's turn. `null` in place of it means manual turns. Members that are not
 * listed pass through: the service accepts undocumented ones.
 * @see protocol.md §7.3
 */
export type TurnDetection = ServerVad | AzureSemanticVad | OpenAISemanticVad;

/** What every kind of turn detection does with a turn it has found. */
export interface TurnHandling {
  /** Starts a response at the end of a turn. True in practice, although the specification prints false (§15.2). */
  create_response?: boolean | null;
  /** Cancels the running response when the user speaks. True in practice, as above. */
  interrupt_response?: boolean | null;
  /** The service truncates the interrupted item itself, which assumes immediate playback. Default false. */
  auto_truncate?: boolean | null;
}

/** Thresholds of the detectors that listen for voice activity. */
export interface VoiceActivity extends TurnHandling {
  /** 0 to 1, default 0.5. */
  threshold?: number | null;
  /** Default 400 (420 with the semantic detectors; 300 before 2026-04-10). */
  prefix_padding_ms?: number | null;
  /** Default 500. */
  silence_duration_ms?: number | null;
  /** Default 200 with `server_vad`, 80 with the semantic detectors. */
  speech_duration_ms?: number | null;
  end_of_utterance_detection?: EndOfUtteranceDetection | null;
}

/** Voice activity by energy. */
export interface ServerVad extends VoiceActivity {
  type: "server_vad";
}

/** Voice activity by meaning; the three types differ in the languages they know. */
export interface AzureSemanticVad extends VoiceActivity {
  type:
    | "azure_semantic_vad"
    | "azure_semantic_vad_en"
    | "azure_semantic_vad_multilingual";
  /** Ignores fillers while a response plays, which assumes immediate playback. Default false. */
  remove_filler_words?: boolean | null;
  /** Not with `azure_semantic_vad_en`. */
  languages?: string[] | null;
  /** Added to an item that was truncated. Documented, not in the official client. */
  appended_text_after_truncation?: string | null;
  /** Seen in live tests only. */
  speech_duration_assistant_speaking_ms?: number | null;
}

/** OpenAI's detector, gpt-realtime family only. Documented, not in the official client. */
export interface OpenAISemanticVad extends TurnHandling {
  type: "semantic_vad";
  eagerness?: Eagerness | null;
}

/** Second opinion on whether a silence ends the turn. */
export interface EndOfUtteranceDetection {
  model: EouModel;
  threshold_level?: EouThresholdLevel | null;
  /** At least 0, default 1000. */
  timeout_ms?: number | null;
}
