import type {
  AudioDelta,
  ClientEvent,
  RequestSession,
  ResponseItem,
  VoiceLiveResponse,
} from "../protocol";
import type { HeardTap } from "./audio-tap";
import type { Interruption } from "./conversation-events";
import { Floor } from "./floor";
import { Playback, type OutletSource } from "./playback";
import type { AudioPosition, HeardItem } from "./playback-clock";
import {
  callOf,
  isSpokenMessage,
  positionOf,
  Replies,
  type Reply,
} from "./replies";
import { ResponseMarks, type Marks } from "./response-marks";
import { outputFormat, truncatesItself } from "./session-settings";
import type { FunctionCall } from "./tool-calls";
import { Transcripts, type Transcript } from "./transcripts";
import { truncationFor } from "./truncation";

/** Of one response. */
const MAX_CALLS = 100;

export interface AssistantOptions {
  /** Settings in effect. */
  readonly settings: () => RequestSession;
  /** Tells the service, if there is a session. */
  readonly tell: (event: ClientEvent) => void;
  /** Holds the service back while the flow is behind. */
  readonly setPaused: (isPaused: boolean) => void;
  readonly onTranscript: (transcript: Transcript) => void;
  readonly onInterrupted: (interruption: Interruption) => void;
  /** All that was to be heard has been heard. */
  readonly onPlayedOut: () => void;
  /** Hz of the echo reference, where one is wanted. */
  readonly referenceRate?: number | undefined;
}

/** Where a piece of a reply belongs, in the wire's own names. */
type PartOfReply = Pick<
  AudioDelta,
  "response_id" | "item_id" | "content_index"
>;

/** The place of a piece of audio; without a position it is too late for it, or there are too many. */
interface ReplyPart {
  readonly event: AudioDelta;
  readonly reply: Reply;
  readonly position: AudioPosition | undefined;
}

/**
 * The assistant's side of a conversation: what it says, and how much of it was heard.
 * Every response belongs to a generation; an interruption begins the next, and whatever an older one still sends is dropped.
 */
export class Assistant {
  readonly #options: AssistantOptions;
  readonly #playback: Playback;
  readonly #transcripts: Transcripts;
  /** A reply without an end must not sound for ever in the eyes of the flow. */
  readonly #replies = new Replies((reply) => this.#finish(reply));
  /** That the last piece of audio belonged to. */
  #part: ReplyPart | undefined;
  readonly #marks = new ResponseMarks();
  readonly #floor = new Floor();
  #generation = 0;
  #lateDeltas = 0;
  #surplusCalls = 0;
  #toldUnderruns = 0;

  constructor(options: AssistantOptions) {
    this.#options = options;
    this.#transcripts = new Transcripts(options.onTranscript);
    this.#playback = new Playback({
      setPaused: options.setPaused,
      onEnd: () => {
        this.#settleTranscripts();
        options.onPlayedOut();
      },
      referenceRate: options.referenceRate,
    });
  }

  get generation(): number {
    return this.#generation;
  }

  /** Audio sounds, waits or is on its way. */
  get isSpeaking(): boolean {
    return this.#playback.isActive;
  }

  /** Audio that came after the interruption that made it stale, or in more items than a reply can have; counted, never played. */
  get lateDeltas(): number {
    return this.#lateDeltas;
  }

  /** Function calls of one response on top of what any real one has; counted, never run. */
  get surplusCalls(): number {
    return this.#surplusCalls;
  }

  /** Times that the service had to be held back, because the flow was behind. */
  get pauses(): number {
    return this.#playback.pauses;
  }

  /** Has the loudspeaker been silent for so long? */
  isQuiet(now: number, marginMs: number): boolean {
    return this.#playback.isQuiet(now, marginMs);
  }

  /** What sounded from `startAt` on: mono PCM16 at the reference's rate. */
  reference(startAt: number, samples: number): Buffer {
    return this.#playback.reference(startAt, samples);
  }

  /** Times that the loudspeaker ran dry in the middle of a reply since this was asked last. */
  takeUnderruns(): number {
    const { underruns } = this.#playback;
    const fresh = underruns - this.#toldUnderruns;
    this.#toldUnderruns = underruns;
    return Math.max(0, fresh);
  }

  addOutlet(source: OutletSource): void {
    this.#playback.add(source);
  }

  removeOutlet(source: OutletSource): void {
    this.#playback.remove(source);
  }

  /** @returns a function that takes the tap away */
  addTap(tap: HeardTap): () => void {
    return this.#playback.addTap(tap);
  }

  /** A device reports how much of an item it has played. */
  reportPlayed(
    itemId: string | undefined,
    playedMs: number,
    responseId?: string,
  ): void {
    this.#playback.report(itemId, playedMs, performance.now(), responseId);
  }

  /** What is told with everything that belongs to the response. */
  marksOf(responseId: string): Marks {
    return this.#marks.of(responseId);
  }

  /**
   * @param isStale - an interruption overtook the request for it
   * @param isOutOfBand - it is not part of the conversation
   */
  beginReply(
    response: VoiceLiveResponse,
    isStale: boolean,
    isOutOfBand = false,
  ): void {
    const { id, output_audio_format: format } = response;
    // Told twice, it is still the reply that it was: one that was interrupted does not come back.
    if (!isStale && this.#replies.get(id)) return;
    const generation = isStale ? this.#generation - 1 : this.#generation;
    this.#marks.note(response, isOutOfBand);
    this.#begin(id, generation, format, isOutOfBand);
  }

  /** An interruption has overtaken the response. */
  isStale(responseId: string): boolean {
    const reply = this.#replies.get(responseId);
    return reply !== undefined && reply.generation !== this.#generation;
  }

  /** @returns false when nobody is to hear it any more */
  audio(event: AudioDelta, audio: Buffer): boolean {
    const { reply, position } = this.#partOf(event);
    const isTaken =
      reply.generation === this.#generation &&
      position !== undefined &&
      this.#play(reply, position, audio);
    if (!isTaken) this.#lateDeltas++;
    return isTaken;
  }

  /** @returns false when too much waits for its turn already */
  #play(reply: Reply, position: AudioPosition, audio: Buffer): boolean {
    if (this.#floor.grant(reply)) {
      this.#playback.receive(position, audio, reply.format);
      return true;
    }
    return this.#floor.take(reply, audio.length, () => {
      if (reply.generation === this.#generation)
        this.#playback.receive(position, audio, reply.format);
    });
  }

  /** Pieces of an item share their event (`AudioDeltaReader`), so nearly always it is the one before. */
  #partOf(event: AudioDelta): ReplyPart {
    if (this.#part?.event === event) return this.#part;
    const reply =
      this.#replies.get(event.response_id) ??
      this.#begin(event.response_id, this.#generation);
    const position =
      reply.generation === this.#generation
        ? positionOf(reply, event.item_id, event.content_index)
        : undefined;
    return (this.#part = { event, reply, position });
  }

  audioDone({ response_id, item_id, content_index }: PartOfReply): void {
    const reply = this.#replies.get(response_id);
    if (!reply || this.isStale(response_id)) return;
    const position = positionOf(reply, item_id, content_index);
    if (position)
      this.#floor.take(reply, 0, () => this.#playback.finishItem(position));
  }

  /** @param event - locates a part of an item of a response */
  textPiece(event: PartOfReply, text: string): void {
    const { response_id, item_id, content_index } = event;
    if (this.#isUnwanted(response_id)) return;
    this.#transcripts.assistantPiece(response_id, item_id, text, content_index);
  }

  textWhole(event: PartOfReply, text: string): void {
    const { response_id, item_id, content_index } = event;
    if (this.#isUnwanted(response_id)) return;
    this.#transcripts.assistantWhole(response_id, item_id, text, content_index);
  }

  /** The service says when a word sounds; ms from the start of the item's audio. */
  word(event: PartOfReply, text: string, endMs: number): void {
    const { response_id, item_id } = event;
    if (this.isStale(response_id)) return;
    this.#transcripts.word(response_id, item_id, text, endMs);
  }

  userPiece(itemId: string, text: string): void {
    this.#transcripts.userPiece(itemId, text);
  }

  userWhole(itemId: string, text: string): void {
    this.#transcripts.userWhole(itemId, text);
  }

  itemDone(responseId: string, item: ResponseItem): void {
    const call = callOf(responseId, item);
    const calls = this.#replies.get(responseId)?.calls;
    if (call && calls && calls.length < MAX_CALLS) calls.push(call);
    else if (call) this.#surplusCalls++;
    if (item.id) this.#transcripts.itemDone(item.id);
    this.#settleTranscripts();
  }

  /** @returns the calls to run; none of a response that was cut off or failed */
  responseDone(response: VoiceLiveResponse): readonly FunctionCall[] {
    const reply = this.#replies.get(response.id);
    if (!reply) return [];
    const { status, status_details: details } = response;
    reply.isDone = true;
    if (reply.isOutOfBand) {
      this.#finish(reply);
      return reply.calls;
    }
    if (status === "cancelled" && !this.isStale(response.id)) {
      this.interrupt(
        details?.reason === "turn_detected" ? "user" : "flow",
        true,
      );
    }
    this.#finish(reply);
    const isStale = this.isStale(response.id);
    if (isStale) this.#dropUnheard(reply, response.output ?? []);
    this.#settleTranscripts();
    return isStale || status === "failed" ? [] : reply.calls;
  }

  /**
   * Raises the generation, silences the outlets, tells flow and service what was heard.
   * @param isAnswering - an answer was on its way, even if nothing of it sounded yet
   * @returns false when there was nothing to interrupt
   */
  interrupt(by: Interruption["by"], isAnswering: boolean): boolean {
    const wasSpeaking = this.isSpeaking;
    this.#generation++;
    this.#floor.reset();
    const heard = this.#playback.interrupt(performance.now());
    const cut = heard.filter((item) => !item.isComplete);
    const isInterruption = wasSpeaking || isAnswering;
    if (isInterruption) {
      this.#options.onInterrupted(this.#interruption(by, cut));
    }
    this.#transcripts.interrupted(heard);
    this.#truncate(cut, by);
    return isInterruption;
  }

  /** What has come is still played; the next session knows nothing of it. */
  sessionLost(): void {
    this.#floor.drain();
    this.#playback.finishAll();
    this.#playback.detach();
    this.#transcripts.close();
    this.#replies.clear();
    this.#part = undefined;
  }

  close(): void {
    this.#playback.close();
  }

  /** Nobody waits for words that nobody will hear; an out-of-band response may never have been meant for ears. */
  #isUnwanted(responseId: string): boolean {
    const isOutOfBand = this.#replies.get(responseId)?.isOutOfBand ?? false;
    return !isOutOfBand && this.isStale(responseId);
  }

  #finish(reply: Reply): void {
    this.#floor.leave(reply, () => this.#endAudio(reply));
    this.#settleTranscripts();
  }

  #begin(
    responseId: string,
    generation: number,
    ownFormat?: VoiceLiveResponse["output_audio_format"],
    isOutOfBand = false,
  ): Reply {
    this.#part = undefined;
    const format = ownFormat ?? this.#options.settings().output_audio_format;
    return this.#replies.begin(
      responseId,
      generation,
      outputFormat(format ? { output_audio_format: format } : {}),
      isOutOfBand,
    );
  }

  #endAudio({ responseId, positions }: Reply): void {
    for (const position of positions.values())
      this.#playback.finishItem(position);
    this.#playback.finishReply(responseId);
  }

  #settleTranscripts(): void {
    const now = performance.now();
    this.#transcripts.settle((itemId) => this.#playback.awaits(itemId, now));
  }

  /** Either the service truncates or we do, not both (design.md §5.1); it does so only for interruptions it heard. */
  #truncate(cut: readonly HeardItem[], by: Interruption["by"]): void {
    const isServices =
      by === "user" && truncatesItself(this.#options.settings());
    for (const item of cut) {
      if (this.#replies.get(item.responseId)?.isOutOfBand) continue;
      const event = isServices ? undefined : truncationFor(item);
      if (event) this.#options.tell(event);
    }
  }

  /**
   * Items of an interrupted response whose audio came too late for anyone's ears are taken out of the memory.
   * Where audio came in time, the interruption has said how much of it was heard.
   */
  #dropUnheard(reply: Reply, output: readonly ResponseItem[]): void {
    if (!this.#playback.hasListeners) return;
    if (truncatesItself(this.#options.settings())) return;
    for (const item of output) {
      const itemId = item.id;
      if (!itemId || !isSpokenMessage(item)) continue;
      if (reply.positions.has(itemId)) continue;
      this.#transcripts.forget(itemId);
      this.#options.tell({
        type: "conversation.item.delete",
        item_id: itemId,
      });
    }
  }

  #interruption(
    by: Interruption["by"],
    cut: readonly HeardItem[],
  ): Interruption {
    const last = cut.findLast((item) => item.heardMs > 0) ?? cut[0];
    return {
      by,
      heardMs: Math.floor(cut.reduce((sum, item) => sum + item.heardMs, 0)),
      heardText: cut
        .map((item) => this.#transcripts.heardOf(item))
        .filter((text) => text !== "")
        .join(" "),
      responseId: last?.responseId,
      itemId: last?.itemId,
    };
  }
}
