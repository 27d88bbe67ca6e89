import {
  createId,
  type ResponseCreateParams,
  type ResponseSession,
  type ResponseStatusDetails,
  type ServerEvent,
  type TokenUsage,
  type VoiceLiveResponse,
} from "../protocol";
import {
  atRate,
  durationMs,
  outputFormatOf,
  type OutputFormat,
  type Sound,
} from "./audio-format";
import { AudioPacer } from "./audio-pacer";
import { hasAvatar, sendsAudio, sendsVideo } from "./avatar";
import type {
  Answer,
  CallStep,
  McpStep,
  SayStep,
  SearchStep,
  Step,
} from "./behaviour";
import type { StoredItem } from "./conversation-items";
import { FunctionCallWriter } from "./function-call-writer";
import { McpCallWriter } from "./mcp-call-writer";
import { mcpServerOf, needsApproval } from "./mcp-servers";
import { MessageWriter } from "./message-writer";
import { type OutputSink, type OutputWriter, snapshot } from "./output-writer";
import { SearchCallWriter } from "./search-call-writer";
import { spreadWords, takeDue } from "./spread-words";
import {
  outputAudioTokens,
  textTokens,
  type TokenCount,
  toTokenUsage,
} from "./usage";

/** What a response needs of its session. */
export interface ResponseHost {
  send(event: ServerEvent): void;
  /** Adds an output item to the conversation and returns the id of the one before it. */
  store(stored: StoredItem): string | null;
  /** Voices a text. */
  speak(text: string): Sound;
  /** An MCP call waits for the client's word on this approval request. */
  awaitApproval(requestId: string, call: McpCallWriter): void;
  /** Ends the connection as an answer's step asks. */
  close(code: number, reason: string): void;
  drop(): void;
  /** Called once, right after `response.done` or when the response is abandoned. */
  finished(response: ResponseRun, usage: TokenUsage | undefined): void;
}

export interface ResponseRunOptions {
  readonly conversationId: string;
  /** Settings in force: the session's with the overrides on top. */
  readonly settings: ResponseSession;
  readonly request: ResponseCreateParams;
  readonly inputTokens: TokenCount;
  /** Multiples of real time. */
  readonly speed: number;
}

/** Length of one audio delta. */
const DELTA_MS = 100;
/** Text is written about as fast as it could be read aloud, before `speed`. */
const TEXT_WORD_MS = 200;

/**
 * One response from `response.created` to `response.done`.
 *
 * ```
 *   start ─▶ in_progress ─▶ completed | incomplete | failed
 *                  └─ cancel ─▶ cancelled        └─ abandon ─▶ (nothing more is sent)
 * ```
 */
export class ResponseRun {
  readonly id = createId("resp");
  readonly #host: ResponseHost;
  readonly #options: ResponseRunOptions;
  readonly #pacer: AudioPacer;
  readonly #sink: OutputSink;
  readonly #output: StoredItem[] = [];
  readonly #format: OutputFormat;
  readonly #tokenLimit: number;
  #writer: OutputWriter | undefined;
  #hasEnded = false;
  #isAvatarSpeaking = false;
  #isMetered = true;
  #audioMs = 0;
  #characters = 0;
  #firstAudioAt: number | undefined;

  constructor(host: ResponseHost, options: ResponseRunOptions) {
    this.#host = host;
    this.#options = options;
    this.#pacer = new AudioPacer({ speed: options.speed });
    this.#format = outputFormatOf(
      options.settings.output_audio_format ?? "pcm16",
    ) ?? { encoding: "pcm16", sampleRate: 24_000 };
    const limit = options.settings.max_response_output_tokens ?? "inf";
    this.#tokenLimit = limit === "inf" ? Infinity : limit;
    this.#sink = {
      responseId: this.id,
      send: (event) => host.send(event),
      store: (stored) =>
        this.isInConversation ? host.store(stored) : undefined,
    };
  }

  /** False for out-of-band responses, which run beside the conversation. @see protocol.md §9.1 */
  get isInConversation(): boolean {
    return (
      this.#options.request.conversation !== "none" &&
      this.#options.request.commit !== false
    );
  }

  /** Items written so far. */
  get output(): readonly StoredItem[] {
    return this.#output;
  }

  /** The last thing in it is an MCP call that was made: its result is still to be told to the user. */
  get endsWithMcpCall(): boolean {
    const item = this.#output.at(-1)?.item;
    return item?.type === "mcp_call";
  }

  /** `performance.now()` of the first audio delta. */
  get firstAudioAt(): number | undefined {
    return this.#firstAudioAt;
  }

  /** Announces the response and then carries out the answer; resolves when it has ended. */
  async start(decide: () => Answer): Promise<void> {
    this.#host.send({
      type: "response.created",
      response: this.#describe("in_progress", null),
    });
    try {
      for (const step of decide()) {
        await this.#perform(step);
        if (this.#hasEnded) return;
      }
      this.#finish("completed", null);
    } catch (error) {
      // A behaviour's own mistake must reach whoever wrote it, and must not end the simulator.
      const message = error instanceof Error ? error.message : String(error);
      this.#fail({ type: "server_error", code: "behaviour_failed", message });
    }
  }

  /** Ends the response at once, with the `.done` events of what is open. @see protocol.md §12 F, G */
  cancel(reason: "turn_detected" | "client_cancelled"): void {
    this.#finish("cancelled", { type: "cancelled", reason });
  }

  /** Ends the response without a word, because the socket is gone. */
  abandon(): void {
    if (this.#end()) this.#host.finished(this, undefined);
  }

  async #perform(step: Step): Promise<void> {
    if ("say" in step) await this.#say(step);
    else if ("mcp" in step) await this.#callMcp(step);
    else if ("search" in step) this.#search(step);
    else if ("invocation" in step)
      this.#host.send({
        type: "response.invocation.delta",
        delta: { ...step.invocation },
      });
    else if ("play" in step) await this.#play(step.play, step.transcript);
    else if ("call" in step) await this.#call(step);
    else if ("usage" in step) this.#isMetered = false;
    else if ("stall" in step) await this.#pacer.pause(step.stall);
    else if ("fail" in step)
      this.#fail({
        type: "server_error",
        code: "server_error",
        message: "The model failed.",
        ...step.fail,
      });
    else if ("close" in step) this.#host.close(step.close, step.reason ?? "");
    else this.#host.drop();
  }

  async #say({ say: text, annotations = [] }: SayStep): Promise<void> {
    const message = this.#openMessage();
    if (!this.#isSpoken) return this.#write(message, text);
    await this.#stream(message, this.#host.speak(text), text);
    if (this.#hasEnded) return;
    for (const [index, annotation] of annotations.entries())
      message.writeAnnotation(annotation, index);
  }

  async #play(sound: Sound, transcript: string): Promise<void> {
    const message = this.#openMessage();
    if (this.#isSpoken) await this.#stream(message, sound, transcript);
    else await this.#write(message, transcript);
  }

  async #write(message: MessageWriter, text: string): Promise<void> {
    for (const [index, word] of wordsOf(text, message).entries()) {
      await this.#pacer.until(index * TEXT_WORD_MS);
      if (this.#hasEnded || !this.#spend(0, word.length)) return;
      message.writeWords(word);
    }
  }

  async #stream(
    message: MessageWriter,
    sound: Sound,
    text: string,
  ): Promise<void> {
    const { pcm, sampleRate } = atRate(sound, this.#format.sampleRate);
    const deltaBytes = 2 * Math.round((sampleRate * DELTA_MS) / 1000);
    const startMs = message.audioMs;
    const spread = spreadWords(
      wordsOf(text, message),
      durationMs({ pcm, sampleRate }),
    );
    for (let at = 0; at < pcm.length || spread.length > 0; at += deltaBytes) {
      const atMs = durationMs({ pcm: pcm.subarray(0, at), sampleRate });
      await this.#pacer.until(this.#audioMs);
      if (this.#hasEnded) return;
      // Words lead their audio by up to one delta; what is left after the last sample comes with it.
      const dueMs = at + deltaBytes >= pcm.length ? Infinity : atMs + DELTA_MS;
      for (const { word, offsetMs, lengthMs } of takeDue(spread, dueMs)) {
        if (!this.#spend(0, word.length)) return;
        message.writeWords(word);
        message.writeTimes(word.trim(), startMs + offsetMs, lengthMs);
      }
      const chunk = pcm.subarray(at, at + deltaBytes);
      if (chunk.length === 0) return;
      if (!this.#spend(durationMs({ pcm: chunk, sampleRate }), 0)) return;
      this.#firstAudioAt ??= performance.now();
      message.writeAudio(chunk);
    }
  }

  async #call(step: CallStep): Promise<void> {
    this.#closeWriter("completed");
    const args =
      typeof step.arguments === "string"
        ? step.arguments
        : JSON.stringify(step.arguments ?? {});
    const call = new FunctionCallWriter(
      this.#sink,
      this.#output.length,
      step.call,
      args,
    );
    this.#open(call);
    if (await this.#writeArguments(call)) this.#closeWriter("completed");
  }

  async #callMcp(step: McpStep): Promise<void> {
    this.#closeWriter("completed");
    const { tools } = this.#options.settings;
    const server = mcpServerOf(tools ?? [], step.server);
    const call = new McpCallWriter(
      this.#sink,
      this.#output.length,
      server.server_label,
      step,
    );
    this.#open(call);
    if (!(await this.#writeArguments(call))) return;
    if (!needsApproval(server, step.mcp)) return this.#closeWriter("completed");
    this.#writer = undefined;
    const request = call.askApproval();
    this.#output.push(request);
    this.#host.awaitApproval(request.item.id, call);
    this.#finish("completed", null);
  }

  #search(step: SearchStep): void {
    this.#closeWriter("completed");
    const { include } = this.#options.settings;
    this.#open(
      new SearchCallWriter(
        this.#sink,
        this.#output.length,
        step,
        include ?? [],
      ),
    );
    this.#closeWriter("completed");
  }

  /** @returns false when the response has ended before all were written */
  async #writeArguments(
    call: FunctionCallWriter | McpCallWriter,
  ): Promise<boolean> {
    while (call.nextCharacters > 0) {
      await this.#pacer.until(this.#audioMs);
      if (this.#hasEnded || !this.#spend(0, call.nextCharacters)) return false;
      call.writeDelta();
    }
    return true;
  }

  #openMessage(): MessageWriter {
    if (this.#writer instanceof MessageWriter) return this.#writer;
    const { settings } = this.#options;
    const message = new MessageWriter(this.#sink, {
      outputIndex: this.#output.length,
      formatName: this.#isSpoken
        ? (settings.output_audio_format ?? "pcm16")
        : undefined,
      format: this.#format,
      hasTimestamps:
        (settings.output_audio_timestamp_types ?? []).includes("word") &&
        isAzureVoice(settings.voice),
      animation: settings.animation?.outputs ?? [],
      hasAudio: sendsAudio(settings),
      hasVideo: sendsVideo(settings),
    });
    if (this.#isSpoken) this.#showAvatar();
    this.#open(message);
    return message;
  }

  #showAvatar(): void {
    if (this.#isAvatarSpeaking || !hasAvatar(this.#options.settings)) return;
    this.#isAvatarSpeaking = true;
    this.#host.send({ type: "session.avatar.switch_to_speaking" });
  }

  #open(writer: OutputWriter): void {
    this.#writer = writer;
    this.#output.push(writer.stored);
  }

  #closeWriter(status: "completed" | "incomplete"): void {
    const writer = this.#writer;
    this.#writer = undefined;
    writer?.close(status);
  }

  get #isSpoken(): boolean {
    return (this.#options.settings.modalities ?? []).includes("audio");
  }

  /** Counts what is about to be sent; when it would pass the limit the response ends `incomplete` instead. */
  #spend(audioMs: number, characters: number): boolean {
    const wanted =
      outputAudioTokens(this.#audioMs + audioMs) +
      textTokens(this.#characters + characters);
    if (wanted > this.#tokenLimit) {
      this.#finish("incomplete", {
        type: "incomplete",
        reason: "max_output_tokens",
      });
      return false;
    }
    this.#audioMs += audioMs;
    this.#characters += characters;
    return true;
  }

  #fail(error: {
    readonly type: string;
    readonly code: string;
    readonly message: string;
  }): void {
    this.#finish("failed", { type: "failed", error });
  }

  #finish(
    status: "completed" | "cancelled" | "incomplete" | "failed",
    details: ResponseStatusDetails | null,
  ): void {
    if (!this.#end()) return;
    this.#closeWriter(status === "completed" ? "completed" : "incomplete");
    if (this.#isAvatarSpeaking)
      this.#host.send({ type: "session.avatar.switch_to_idle" });
    const usage = this.#isMetered ? this.#usage : undefined;
    this.#host.send({
      type: "response.done",
      response: this.#describe(status, details, usage),
    });
    this.#host.finished(this, usage);
  }

  get #usage(): TokenUsage {
    return toTokenUsage(this.#options.inputTokens, {
      text: textTokens(this.#characters),
      audio: outputAudioTokens(this.#audioMs),
    });
  }

  /** @returns whether this was the first end */
  #end(): boolean {
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    this.#pacer.stop();
    return true;
  }

  #describe(
    status: string,
    details: ResponseStatusDetails | null,
    usage: TokenUsage | null = null,
  ): VoiceLiveResponse {
    const { settings, request, conversationId } = this.#options;
    return {
      id: this.id,
      object: "realtime.response",
      status,
      status_details: details,
      output: this.#output.map(({ item }) => snapshot(item)),
      conversation_id: this.isInConversation ? conversationId : null,
      modalities: settings.modalities ?? null,
      voice: settings.voice ?? null,
      output_audio_format: settings.output_audio_format ?? null,
      temperature: settings.temperature ?? null,
      max_output_tokens: settings.max_response_output_tokens ?? null,
      usage,
      metadata: request.metadata ?? null,
    };
  }
}

/** Words with the space before them, so that they add up to the text; also across steps that share a message. */
function wordsOf(text: string, message: MessageWriter): string[] {
  const words = text.match(/\s*\S+/g) ?? [];
  const before = message.isEmpty ? "" : " ";
  return words.map((word, index) =>
    index === 0 ? before + word.trimStart() : word,
  );
}

/** Timestamps come with Azure voices only. @see protocol.md §7.1 */
function isAzureVoice(voice: ResponseSession["voice"]): boolean {
  return typeof voice === "object" && voice !== null && voice.type !== "openai";
}
