import assert from "node:assert/strict";
import type { AudioFormat } from "../../lib/audio";
import {
  ConversationHub,
  HandshakeBudget,
  HostWatch,
  type Conversation,
  type LifeEvent,
} from "../../lib/client";
import type { Behaviour } from "../../lib/simulator";
import { tone } from "../simulator/sounds";
import type { Random } from "../support/random";
import { ChaosProxy } from "./chaos-proxy";
import { FaultPlayer } from "./fault-player";
import { SessionLedger } from "./session-ledger";
import { realTime, testTime, type WorldTime } from "./world-time";

export const MIC: AudioFormat = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
};
export const CHUNK_MS = 40;
const CHUNK_BYTES = 48 * CHUNK_MS;
const STEP_MS = 20;

/** Speech of 600 ms and the silence that ends it, in pieces as a microphone gives them. */
export const SPOKEN: readonly Buffer[] = inChunks(
  Buffer.concat([tone(600), Buffer.alloc(800 * 48)]),
);

/** A spoken turn calls a function, its result and a typed turn are answered in a word. */
const ANSWERS: Behaviour = ({ source, outputs }) => {
  const say = (ms: number) => ({
    play: { pcm: tone(ms), sampleRate: 24_000 },
    transcript: "one two three four five six",
  });
  return source === "speech" && outputs.length === 0
    ? [say(1_000), { call: "look_up", arguments: {} }]
    : [say(300)];
};

export interface WorldOptions {
  readonly handshakesPerMinute?: number;
  /** Default: the test's. */
  readonly time?: "test" | "real";
}

/** Conversations of one hub and the service they talk to, in a time that the test moves. Chance comes from the test's seed. */
export class World {
  readonly time: WorldTime;
  readonly random: Random;
  readonly service: FaultPlayer;
  readonly network: ChaosProxy;
  readonly ledger: SessionLedger;
  readonly hub: ConversationHub;
  /** Replies that were complete, by conversation. */
  readonly replies = new Map<string, number>();
  /** Called with each step of a conversation's life. */
  onLife: (conversation: Conversation, event: LifeEvent) => void = () =>
    undefined;
  readonly #ownRandom = Math.random;

  static async create(
    random: Random,
    options: WorldOptions = {},
  ): Promise<World> {
    const time = options.time === "real" ? realTime() : testTime();
    const service = await FaultPlayer.start({ behaviours: [ANSWERS] });
    const network = await ChaosProxy.start(service.simulator.port, random);
    return new World(random, time, service, network, options);
  }

  private constructor(
    random: Random,
    time: WorldTime,
    service: FaultPlayer,
    network: ChaosProxy,
    options: WorldOptions,
  ) {
    this.random = random;
    this.time = time;
    this.service = service;
    this.network = network;
    this.ledger = new SessionLedger(service.simulator);
    // The jitter of retries.
    Math.random = () => random.next();
    this.hub = this.#createHub(options);
  }

  /** A conversation under way to its first session. */
  begin(key: string): Conversation {
    const conversation = this.hub.open(key);
    conversation.updateSettings({ instructions: key });
    conversation.connect();
    return conversation;
  }

  /** Ready on both sides, with one session. */
  isReady(key: string): boolean {
    return (
      this.hub.get(key)?.state.name === "ready" &&
      this.ledger.readyOf(key).length === 1
    );
  }

  /**
   * Moves time on until something is so.
   * @returns ms that passed
   */
  async until(
    what: string,
    limitMs: number,
    isDone: () => boolean,
  ): Promise<number> {
    const startedAt = this.time.now;
    while (!isDone()) {
      const passedMs = this.time.now - startedAt;
      assert.ok(passedMs < limitMs, `${what}: not within ${limitMs} ms`);
      await this.time.pass(STEP_MS);
    }
    return this.time.now - startedAt;
  }

  async pass(ms: number): Promise<void> {
    await this.time.pass(ms);
  }

  /** A typed question and its whole answer. */
  async turn(key: string, limitMs = 10_000): Promise<void> {
    const before = this.repliesOf(key);
    this.type(key);
    await this.until(
      `the reply to ${key}`,
      limitMs,
      () => this.repliesOf(key) > before,
    );
  }

  /** Types a question and goes on. */
  type(key: string): void {
    const content = [{ type: "input_text" as const, text: "Go on." }];
    this.hub.open(key).say([{ type: "message", role: "user", content }], true);
  }

  /** Speaks for 600 ms and is silent for 800 ms, on the clock; `isOver` is asked all the time. */
  async speak(key: string, isOver: () => boolean): Promise<void> {
    for (const chunk of SPOKEN) {
      if (isOver()) return;
      this.hub.open(key).appendAudio(chunk, MIC);
      await this.pass(CHUNK_MS);
    }
  }

  repliesOf(key: string): number {
    return this.replies.get(key) ?? 0;
  }

  async close(): Promise<void> {
    this.hub.close();
    this.network.heal();
    // What is said in farewell travels on the test's clock, too.
    await this.pass(3_000);
    this.time.end();
    Math.random = this.#ownRandom;
    await this.network.close();
    await this.service.simulator.close();
  }

  #createHub(options: WorldOptions): ConversationHub {
    const hub = new ConversationHub({
      access: {
        apiVersion: "2026-07-15",
        watch: new HostWatch(),
        budget: new HandshakeBudget(options.handshakesPerMinute ?? 1_000),
        locate: () =>
          Promise.resolve({
            endpoint: new URL(`${this.network.url}/voice-live/realtime`),
            headers: { "api-key": "any" },
          }),
      },
      target: { target: "model", model: "gpt-realtime" },
      settings: {
        turn_detection: { type: "server_vad" },
        input_audio_transcription: { model: "azure-speech" },
      },
      greeting: { mode: "none" },
      maxConversations: 1_000,
      idleMs: 0,
    });
    hub.declareTool({
      name: "look_up",
      description: "",
      parameters: { type: "object" },
      timeoutMs: 5_000,
    });
    this.#listen(hub);
    return hub;
  }

  #listen(hub: ConversationHub): void {
    hub.on("call", (conversation, { callId }) =>
      conversation.answerCall(callId, "{}", true),
    );
    hub.on("life", (conversation, event) => {
      if (event.kind === "turn" && event.payload["status"] === "completed")
        this.replies.set(
          conversation.key,
          this.repliesOf(conversation.key) + 1,
        );
      this.onLife(conversation, event);
    });
    hub.addOutlet({
      options: { mode: "paced", leadMs: 200, chunkMs: 40, sampleRate: 24_000 },
      audio: () => undefined,
      playback: () => undefined,
    });
  }
}

function inChunks(pcm: Buffer): Buffer[] {
  return Array.from({ length: pcm.length / CHUNK_BYTES }, (_, index) =>
    pcm.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
}
