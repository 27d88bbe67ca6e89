// Which settings are not text. An environment variable is always text, so a setting that is taken from one has to be read by
// its type. This file imports nothing, because the editor bundles it.

/** Settings that are numbers, by their path in the session object. @see protocol.md §7, §10 */
export const NUMBER_SETTINGS = [
  "temperature",
  "max_response_output_tokens",
  "input_audio_sampling_rate",
  "voice.temperature",
  "turn_detection.threshold",
  "turn_detection.prefix_padding_ms",
  "turn_detection.silence_duration_ms",
  "turn_detection.speech_duration_ms",
  "turn_detection.speech_duration_assistant_speaking_ms",
  "turn_detection.end_of_utterance_detection.timeout_ms",
  "interim_response.latency_threshold_ms",
  "interim_response.max_completion_tokens",
  "avatar.video.bitrate",
  "avatar.video.gop_size",
  "avatar.video.resolution.width",
  "avatar.video.resolution.height",
  "avatar.scene.zoom",
  "avatar.scene.position_x",
  "avatar.scene.position_y",
  "avatar.scene.rotation_x",
  "avatar.scene.rotation_y",
  "avatar.scene.rotation_z",
  "avatar.scene.amplitude",
] as const;

/** Settings that are true or false. */
export const FLAG_SETTINGS = [
  "parallel_tool_calls",
  "turn_detection.create_response",
  "turn_detection.interrupt_response",
  "turn_detection.auto_truncate",
  "turn_detection.remove_filler_words",
  "avatar.customized",
  "avatar.output_audit_audio",
] as const;

/** Settings that are lists of texts. */
export const LIST_SETTINGS = [
  "modalities",
  "include",
  "output_audio_timestamp_types",
  "animation.outputs",
  "voice.prefer_locales",
  "turn_detection.languages",
  "input_audio_transcription.phrase_list",
  "interim_response.triggers",
  "interim_response.texts",
] as const;

/** Settings that are objects of texts, or lists of other things: text here is JSON. */
export const JSON_SETTINGS = [
  "metadata",
  "input_audio_transcription.custom_speech",
  "avatar.ice_servers",
  "avatar.video.crop.top_left",
  "avatar.video.crop.bottom_right",
] as const;
