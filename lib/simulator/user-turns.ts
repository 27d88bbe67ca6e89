import { createId, type ServerEvent } from "../protocol";
import type { Sound } from "./audio-format";
import type { ConversationItems, StoredItem } from "./conversation-items";
import { type InputBufferListener, SHORTEST_COMMIT_MS } from "./input-buffer";
import { snapshot } from "./output-writer";
import { RequestFault } from "./request-fault";
import type { Responder } from "./responder";
import type { SessionSettings } from "./session-settings";
import { truncate } from "./truncation";

export interface UserTurnsOptions {
  readonly items: ConversationItems;
  readonly settings: SessionSettings;
  readonly responder: Responder;
  readonly send: (event: ServerEvent) => void;
  readonly transcribe: (sound: Sound) => string;
  /** Whether transcripts come with the turn, or after its response as native models may send them. @see protocol.md §12 A5 */
  readonly transcription: "early" | "late";
}

/** Turns of the user: from speech or a commit to an item, its transcript and, with detection, the response. */
export class UserTurns implements InputBufferListener {
  readonly #options: UserTurnsOptions;
  readonly #untold: StoredItem[] = [];
  #upcomingId: string | undefined;

  constructor(options: UserTurnsOptions) {
    this.#options = options;
  }

  speechStarted(startMs: number): void {
    const { send, settings, responder } = this.#options;
    this.#upcomingId = createId("item");
    send({
      type: "input_audio_buffer.speech_started",
      audio_start_ms: startMs,
      item_id: this.#upcomingId,
    });
    const playing = responder.stillPlaying();
    if (!settings.turnHandling.interruptResponse) return;
    responder.interrupt();
    if (!settings.turnHandling.autoTruncate || !playing) return;
    truncate(playing.stored, playing.heardMs);
    send({
      type: "conversation.item.truncated",
      item_id: playing.stored.item.id,
      content_index: 0,
      audio_end_ms: playing.heardMs,
    });
  }

  speechStopped(endMs: number, sound: Sound): void {
    const { send, settings, responder } = this.#options;
    const itemId = (this.#upcomingId ??= createId("item"));
    send({
      type: "input_audio_buffer.speech_stopped",
      audio_end_ms: endMs,
      item_id: itemId,
    });
    if (settings.turnHandling.interruptResponse) responder.interrupt();
    const stored = this.#announce(sound);
    this.#tell(stored);
    this.#insert(stored);
    if (settings.turnHandling.createResponse) responder.answerTurn();
    else this.tellLate();
  }

  /**
   * A manual turn. @see protocol.md §12 C
   * @throws RequestFault when there is too little audio
   */
  commit(sound: Sound): void {
    const stored = this.#announce(sound);
    this.#insert(stored);
    this.#tell(stored);
  }

  /** The buffer was emptied: a turn under way comes to nothing. */
  forget(): void {
    this.#upcomingId = undefined;
  }

  /** Sends the transcripts that were held back. */
  tellLate(): void {
    for (const stored of this.#untold.splice(0)) this.#sendTranscript(stored);
  }

  #announce(sound: Sound): StoredItem {
    const { items, send, transcribe, settings } = this.#options;
    const stored: StoredItem = {
      item: {
        id: this.#upcomingId ?? createId("item"),
        object: "realtime.item",
        type: "message",
        status: "completed",
        role: "user",
        content: [{ type: "input_audio", audio: null, transcript: null }],
      },
      sound,
      soundFormat: settings.current.input_audio_format ?? "pcm16",
      heard: transcribe(sound),
    };
    this.#upcomingId = undefined;
    send({
      type: "input_audio_buffer.committed",
      item_id: stored.item.id,
      previous_item_id: items.lastId,
    });
    return stored;
  }

  #insert(stored: StoredItem): void {
    const previousId = this.#options.items.insert(stored) ?? null;
    this.#options.send({
      type: "conversation.item.created",
      item: snapshot(stored.item),
      previous_item_id: previousId,
    });
  }

  #tell(stored: StoredItem): void {
    if (!this.#options.settings.current.input_audio_transcription) return;
    if (this.#options.transcription === "late") this.#untold.push(stored);
    else this.#sendTranscript(stored);
  }

  #sendTranscript({ item, heard = "" }: StoredItem): void {
    if (item.type === "message")
      item.content = [{ type: "input_audio", audio: null, transcript: heard }];
    const at = { item_id: item.id, content_index: 0 };
    for (const delta of heard.match(/\s*\S+/g) ?? []) {
      this.#options.send({
        type: "conversation.item.input_audio_transcription.delta",
        ...at,
        delta,
      });
    }
    this.#options.send({
      type: "conversation.item.input_audio_transcription.completed",
      ...at,
      transcript: heard,
    });
  }
}

/** @throws RequestFault when the buffer holds less than can be committed. @see protocol.md §9.4 */
export function checkCommit(bufferedMs: number): void {
  if (bufferedMs >= SHORTEST_COMMIT_MS) return;
  throw new RequestFault(
    "input_audio_buffer_commit_empty",
    `Error committing input audio buffer: buffer too small. Expected at least ${SHORTEST_COMMIT_MS}ms of audio, but buffer only has ${bufferedMs.toFixed(2)}ms of audio.`,
  );
}
