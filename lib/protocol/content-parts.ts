import type { ImageDetail } from "./enums";
import type { Maybe } from "./maybe";

/** @see protocol.md §8.2 */
export interface InputTextPart {
  type: "input_text";
  text: string;
}

/** Spoken input, realtime models only. */
export interface InputAudioPart {
  type: "input_audio";
  /** Base64 in the session's input format. */
  audio: string;
  /** For reference only, never sent to the model. */
  transcript?: string | null;
}

/** Since 2026-01-01-preview. */
export interface InputImagePart {
  type: "input_image";
  /** Address or data URL. Since 2026-06-01-preview. */
  image_url?: string | null;
  /** What `image_url` was called before 2026-06-01-preview. */
  url?: string | null;
  detail?: ImageDetail | null;
}

/** Text of the assistant; `output_text` in `v1`. */
export interface TextPart {
  type: "text";
  text: string;
}

/** A part of a message that we create. Assistant audio cannot be created. */
export type RequestContentPart =
  InputTextPart | InputAudioPart | InputImagePart | TextPart;

/** A part of a message that the server sends. */
export type ResponseContentPart =
  | ResponseInputTextPart
  | ResponseInputAudioPart
  | InputImagePart
  | ResponseTextPart
  | ResponseAudioPart;

export interface ResponseInputTextPart {
  type: "input_text";
  text?: Maybe<string>;
}

export interface ResponseInputAudioPart {
  type: "input_audio";
  /** Only in `conversation.item.retrieved`. */
  audio?: Maybe<string>;
  transcript?: Maybe<string>;
}

export interface ResponseTextPart {
  type: "text";
  text?: Maybe<string>;
}

/** Speech of the assistant; `output_audio` in `v1`. */
export interface ResponseAudioPart {
  type: "audio";
  transcript?: Maybe<string>;
  /** Base64, only in `conversation.item.retrieved`. */
  audio?: Maybe<string>;
  /** Of `audio`, for example `pcm16`. */
  format?: Maybe<string>;
}

export type ContentPart = RequestContentPart | ResponseContentPart;
