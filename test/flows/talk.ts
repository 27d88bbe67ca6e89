import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import type { TestFlow } from "../support/flow";
import type { Random } from "../support/random";
import type { ScriptedSession, WireEvent } from "../support/scripted-service";
import { Listener, type Heard } from "./listener";

/** What one barge-in of a test is about. */
export interface TalkOptions {
  readonly key: string;
  readonly random: Random;
  readonly service: ScriptedSession;
  readonly flow: TestFlow;
  readonly clock: Clock;
  /** Puts a message of the user's microphone into the flow. */
  readonly speak: () => void;
  readonly chunkMs: number;
  readonly leadMs: number;
  /** The service truncates by itself. */
  readonly autoTruncate: boolean;
}

interface Reply {
  readonly id: string;
  readonly items: Item[];
  /** Of the conversation when the reply began; `undefined` before. */
  generation: number | undefined;
  isDone: boolean;
}

interface Item {
  readonly id: string;
  readonly reply: Reply;
  /** All that the item can say; what was sent of it, and what has left the flow. */
  readonly pcm: Buffer;
  sentBytes: number;
  leftBytes: number;
}

/** Something the service does, and what it means to the listener. */
interface Step {
  readonly reply: Reply;
  readonly kind: "pause" | "open" | "delta" | "close";
  run(): void | Promise<void>;
}

/** A conversation in which the service says things in any order, and the test knows what was heard. */
export class Talk {
  readonly #options: TalkOptions;
  readonly #listener: Listener;
  readonly #items = new Map<string, Item>();
  readonly #heard = new Set<string>();
  readonly #deleted = new Set<string>();
  #replies: Reply[] = [];
  #late: Step[] = [];
  #generation = 0;
  #isPlaying = false;
  #seenSent: number;
  #seenReceived = 0;
  #flushes = 0;
  #interruptions = 0;
  #count = 0;
  truncated = 0;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.#listener = new Listener(
      options.chunkMs,
      Math.min(options.leadMs, 200),
    );
    this.#seenSent = options.flow.sent.length;
  }

  /** The assistant speaks, the user speaks into it, and the service goes on with whatever it had not said. */
  async bargeIn(): Promise<void> {
    const { random } = this.#options;
    const replies = Array.from({ length: random.pick([1, 1, 1, 2]) }, () =>
      this.#reply(),
    );
    const said = replies.flatMap((reply) => this.#scriptOf(reply));
    const script = random.chance(0.5)
      ? merged(this.#late, said, random)
      : [...this.#late, ...said];
    const cut = random.between(0, said.length + 3);
    const isCutOff = (step: Step): boolean => said.indexOf(step) >= cut;
    for (const step of script.filter((each) => !isCutOff(each)))
      await this.#do(step);
    if (cut > said.length) await this.#pass(random.between(0, 4_000));
    await this.#interrupt();
    const rest = this.#whatIsLeft(replies, said.filter(isCutOff));
    this.#late = random.chance(0.3) ? random.shuffled(rest) : rest;
    await this.#turn();
  }

  /** Everything late is said, everything there is sounds. */
  async end(): Promise<void> {
    for (const step of this.#late) await this.#do(step);
    await this.#pass(20_000);
    this.#look();
    assert.equal(this.#isPlaying, false, "what has played out has ended");
  }

  async #interrupt(): Promise<void> {
    const { random, service } = this.#options;
    this.#options.speak();
    await service.settled();
    const active = this.#replies.find(
      (reply) => this.#isCurrent(reply) && !reply.isDone,
    );
    // The service may tell of the cancelled response before it tells of the speech that cancelled it.
    if (active && random.chance(0.05))
      await this.#expectInterruption(() => this.#done(active, "cancelled"));
    await this.#expectInterruption(() => this.#speechStarted());
    if (!random.chance(0.1)) return;
    await this.#do({
      reply: this.#reply(),
      kind: "open",
      run: () => this.#speechStopped(),
    });
    await this.#expectInterruption(() => this.#speechStarted());
  }

  /** Whatever interrupts: one generation more, one flush where something played, and the service hears how much of it. */
  async #expectInterruption(happen: () => void): Promise<void> {
    const { clock, service } = this.#options;
    this.#look();
    const wasPlaying = this.#isPlaying;
    const wasAnswering = this.#replies.some(
      (reply) => this.#isCurrent(reply) && !reply.isDone,
    );
    assert.ok(
      wasPlaying || !this.#listener.isSounding(clock.now),
      "what sounds has started",
    );
    const heard = this.#listener.stop(clock.now);
    const [flushes, interruptions] = [this.#flushes, this.#interruptions];
    this.#generation++;
    happen();
    await service.settled();
    this.#look();
    assert.equal(
      this.#flushes - flushes,
      wasPlaying ? 1 : 0,
      "flush comes once for what plays, else not",
    );
    assert.equal(
      this.#interruptions - interruptions,
      wasPlaying || wasAnswering ? 1 : 0,
      "one interruption is told",
    );
    this.#checkWhatTheServiceHears(heard);
  }

  #checkWhatTheServiceHears(heard: readonly Heard[]): void {
    const told = this.#newEvents();
    const truncates = told.filter(
      ({ type }) => type === "conversation.item.truncate",
    );
    const expected = this.#options.autoTruncate
      ? []
      : heard.filter((item) => !item.isWhole && item.heard >= 24);
    assert.deepEqual(
      truncates.map((event) => [
        event["item_id"],
        event["content_index"],
        event["audio_end_ms"],
      ]),
      expected.map((item) => [item.itemId, 0, Math.floor(item.heard / 24)]),
    );
    this.truncated += truncates.length;
    for (const item of heard) {
      if (item.isWhole || item.heard >= 24) this.#heard.add(item.itemId);
      const { leftBytes, sentBytes } = this.#item(item.itemId);
      assert.ok(
        !item.isWhole || sentBytes - leftBytes < 48,
        "all but less than 1 ms of what was heard has left",
      );
    }
    this.#checkDeletes(told);
  }

  /** Only what nobody has heard may be forgotten, and only once. */
  #checkDeletes(told: readonly WireEvent[]): void {
    for (const { type, item_id: id } of told) {
      if (type !== "conversation.item.delete") continue;
      assert.ok(!this.#heard.has(id), `${id} was heard and is not deleted`);
      assert.ok(!this.#deleted.has(id), `${id} is deleted once`);
      this.#deleted.add(id);
    }
  }

  #newEvents(): readonly WireEvent[] {
    const told = this.#options.service.received.slice(this.#seenReceived);
    this.#seenReceived += told.length;
    for (const { type } of told)
      assert.match(
        type,
        /^(session\.update|conversation\.item\.(truncate|delete))$/,
        "nothing else is sent, least of all a cancel",
      );
    return told;
  }

  /** Looks at all that has left the flow since the last time. */
  #look(): void {
    const { flow } = this.#options;
    for (; this.#seenSent < flow.sent.length; this.#seenSent++) {
      const { id, port, msg } = flow.sent[this.#seenSent]!; // the index is below the length
      assert.equal(msg.voice.conversation, this.#options.key);
      assert.equal(
        msg.voice.generation,
        this.#generation,
        `${id}[${port}] carries the present generation`,
      );
      if (id === "interrupt") this.#interruptions++;
      if (id === "event")
        assert.fail(`${msg.topic}: ${JSON.stringify(msg.payload)}`);
      if (id === "audio-out" && port === 0)
        this.#hear(msg.voice.itemId, msg.payload);
      if (id === "audio-out" && port === 1)
        this.#playback(msg.payload, msg.voice.responseId);
    }
  }

  #hear(itemId: string, pcm: Buffer): void {
    const item = this.#item(itemId);
    assert.ok(
      this.#isCurrent(item.reply),
      `${itemId} belongs to a reply that was interrupted`,
    );
    assert.ok(this.#isPlaying, "start comes before the first chunk");
    const expected = item.pcm.subarray(
      item.leftBytes,
      item.leftBytes + pcm.length,
    );
    item.leftBytes += pcm.length;
    assert.ok(
      pcm.equals(expected) && item.leftBytes <= item.sentBytes,
      `${itemId} goes on where it was`,
    );
  }

  #playback(event: string, responseId: string): void {
    assert.ok(this.#replies.some(({ id }) => id === responseId));
    assert.equal(
      event === "start",
      !this.#isPlaying,
      `${event} comes in its place`,
    );
    this.#isPlaying = event === "start";
    if (event === "flush") this.#flushes++;
  }

  #isCurrent(reply: Reply): boolean {
    return reply.generation === this.#generation;
  }

  #item(id: string): Item {
    const item = this.#items.get(id);
    assert.ok(item, `${id} is an item of the service`);
    return item;
  }

  // ── what the service does ──

  async #do(step: Step): Promise<void> {
    await step.run();
    await this.#options.service.settled();
    const { random } = this.#options;
    if (random.chance(0.4))
      await this.#pass(
        random.chance(0.1) ? random.between(0, 2_000) : random.between(0, 120),
      );
    this.#look();
    this.#checkDeletes(this.#newEvents());
  }

  async #pass(ms: number): Promise<void> {
    const { clock, service } = this.#options;
    // Pings go out on the way; a peer that does not answer within 10 s would count as dead.
    for (let left = ms; left > 0; left -= 5_000) {
      clock.tick(Math.min(left, 5_000));
      await service.settled();
    }
  }

  async #turn(): Promise<void> {
    const turn = { reply: this.#reply(), kind: "open" } as const;
    await this.#do({ ...turn, run: () => this.#speechStopped() });
  }

  #speechStarted(): void {
    this.#send({
      type: "input_audio_buffer.speech_started",
      audio_start_ms: 0,
      item_id: this.#id("item"),
    });
  }

  #speechStopped(): void {
    const itemId = this.#id("item");
    this.#send({
      type: "input_audio_buffer.speech_stopped",
      audio_end_ms: 0,
      item_id: itemId,
    });
    this.#send({ type: "input_audio_buffer.committed", item_id: itemId });
    this.#send({
      type: "conversation.item.created",
      item: { id: itemId, type: "message", role: "user", content: [] },
    });
  }

  #reply(): Reply {
    return {
      id: this.#id("resp"),
      items: [],
      generation: undefined,
      isDone: false,
    };
  }

  #scriptOf(reply: Reply): Step[] {
    const { random } = this.#options;
    const items = Array.from({ length: random.pick([1, 1, 2, 3]) }, () =>
      this.#say(reply),
    );
    return [
      // Time for the reply before, if there is one, to play out or not.
      {
        reply,
        kind: "pause",
        run: () => this.#pass(random.pick([0, 400, 8_000])),
      },
      { reply, kind: "open", run: () => this.#created(reply) },
      ...items.flat(),
      { reply, kind: "close", run: () => this.#done(reply, "completed") },
    ];
  }

  #say(reply: Reply): Step[] {
    const { random } = this.#options;
    const pieces = Array.from({ length: random.between(1, 6) }, () =>
      random.between(1, random.pick([24 * 10, 24 * 120, 24 * 500])),
    );
    const start = random.between(0, VOICE.length / 4) * 2;
    const samples = pieces.reduce((sum, piece) => sum + piece, 0);
    const pcm = VOICE.subarray(start, start + samples * 2);
    const item: Item = {
      id: this.#id("item"),
      reply,
      pcm,
      sentBytes: 0,
      leftBytes: 0,
    };
    this.#items.set(item.id, item);
    return [
      { reply, kind: "open", run: () => this.#added(item) },
      ...pieces.map((piece) => ({
        reply,
        kind: "delta" as const,
        run: () => this.#delta(item, piece),
      })),
      { reply, kind: "close", run: () => this.#audioDone(item) },
    ];
  }

  /** Deltas that were on their way, then the ends of everything that was begun. */
  #whatIsLeft(replies: readonly Reply[], rest: readonly Step[]): Step[] {
    return replies.flatMap((reply) => {
      if (reply.generation === undefined) return [];
      const deltas = rest.filter(
        (step) => step.reply === reply && step.kind === "delta",
      );
      const late = deltas.slice(
        0,
        this.#options.random.between(0, deltas.length),
      );
      const end: Step = {
        reply,
        kind: "close",
        run: () => this.#done(reply, "cancelled"),
      };
      return reply.isDone ? late : [...late, end];
    });
  }

  #created(reply: Reply): void {
    reply.generation = this.#generation;
    this.#replies = [...this.#replies.slice(-10), reply];
    this.#send({
      type: "response.created",
      response: { id: reply.id, status: "in_progress", output: [] },
    });
  }

  #added(item: Item): void {
    item.reply.items.push(item);
    const wire = {
      id: item.id,
      type: "message",
      role: "assistant",
      status: "in_progress",
      content: [],
    };
    this.#send({
      type: "response.output_item.added",
      response_id: item.reply.id,
      output_index: 0,
      item: wire,
    });
    this.#send({ type: "conversation.item.created", item: wire });
  }

  #delta(item: Item, samples: number): void {
    const audio = item.pcm.subarray(
      item.sentBytes,
      item.sentBytes + samples * 2,
    );
    item.sentBytes += audio.length;
    this.#send({
      ...locator(item),
      type: "response.audio_transcript.delta",
      delta: "word ",
    });
    this.#send({
      ...locator(item),
      type: "response.audio.delta",
      delta: audio.toString("base64"),
    });
    if (this.#isCurrent(item.reply))
      this.#listener.receive(item.id, samples, this.#options.clock.now);
  }

  #audioDone(item: Item): void {
    this.#send({ ...locator(item), type: "response.audio.done" });
    this.#send({
      type: "response.output_item.done",
      response_id: item.reply.id,
      output_index: 0,
      item: spoken(item),
    });
    if (this.#isCurrent(item.reply)) this.#listener.finishItem(item.id);
  }

  #done(reply: Reply, status: "completed" | "cancelled"): void {
    reply.isDone = true;
    const details = status === "cancelled" && {
      status_details: { type: "cancelled", reason: "turn_detected" },
    };
    const response = {
      id: reply.id,
      status,
      ...details,
      output: reply.items.map(spoken),
    };
    this.#send({ type: "response.done", response });
    if (this.#isCurrent(reply))
      this.#listener.finishReply(this.#options.clock.now);
  }

  #send(event: WireEvent): void {
    this.#options.service.send(event);
  }

  #id(prefix: string): string {
    return `${prefix}_${this.#options.key}_${++this.#count}`;
  }
}

/** Anything in which no two stretches are alike. */
const VOICE = Buffer.alloc(24_000 * 2 * 30);
for (let at = 0, value = 1; at < VOICE.length; at += 4)
  VOICE.writeUInt32LE((value = Math.imul(value, 69_069) + 1) >>> 0, at);

function locator({ id, reply }: Item) {
  return {
    response_id: reply.id,
    item_id: id,
    output_index: 0,
    content_index: 0,
  };
}

function spoken({ id }: Item) {
  return {
    id,
    type: "message",
    role: "assistant",
    status: "completed",
    content: [{ type: "audio", transcript: "words" }],
  };
}

/** Both lists in one, each in its own order. */
function merged<T>(
  one: readonly T[],
  other: readonly T[],
  random: Random,
): T[] {
  const rests = [[...one], [...other]];
  const all: T[] = [];
  while (rests.some((rest) => rest.length > 0))
    all.push(random.pick(rests.filter((rest) => rest.length > 0)).shift()!); // not empty
  return all;
}
