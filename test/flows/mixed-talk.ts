import assert from "node:assert/strict";
import type { SimulatedSession } from "../../lib/simulator";
import type { Message } from "../support/flow";
import type { Random } from "../support/random";
import type { WireEvent } from "../support/scripted-service";

/** Time limit of the function nodes. */
export const CALL_LIMIT_MS = 2_000;
/** Of the microphone. */
export const STEP_MS = 40;

/** Puts a message of this conversation into a node. */
export type Feed = (node: string, msg: object) => void;

interface Planned {
  readonly atMs: number;
  run(): void;
}

interface Logged {
  readonly by: "client" | "server";
  readonly event: WireEvent;
}

/** How the flow treats one call; times count from the call. */
const TREATMENTS = [
  "answered",
  "answered",
  "answered",
  "twice",
  "late",
  "never",
] as const;
type Treatment = (typeof TREATMENTS)[number];

/** What Catch hears of a call, by its treatment. */
const CODES: Readonly<Record<Treatment, readonly string[]>> = {
  answered: [],
  twice: ["VOICE_LIVE_CALL_ANSWERED"],
  late: ["VOICE_LIVE_CALL_LATE", "VOICE_LIVE_CALL_TIMEOUT"],
  never: ["VOICE_LIVE_CALL_TIMEOUT"],
};

/** A conversation in which a user types and talks at any time, and a flow answers calls in any way. */
export class MixedTalk {
  readonly #session: SimulatedSession;
  readonly #random: Random;
  readonly #feed: Feed;
  readonly #log: Logged[] = [];
  #plan: Planned[] = [];
  readonly #typed: { readonly text: string; readonly wantsReply: boolean }[] =
    [];
  readonly #calls = new Map<string, Treatment>();
  #utterances = 0;
  #speechLeft = 0;

  constructor(session: SimulatedSession, random: Random, feed: Feed) {
    this.#session = session;
    this.#random = random;
    this.#feed = feed;
    session.on("client", (event) => this.#log.push({ by: "client", event }));
    session.on("server", (event) => this.#log.push({ by: "server", event }));
  }

  /** Decides when the user does what. @param untilMs - and when nothing more is done */
  plan(nowMs: number, untilMs: number): void {
    const random = this.#random;
    for (let at = nowMs; at < untilMs; at += random.between(0, 1_500))
      this.#plan.push({ atMs: at, run: () => this.#type() });
    // A second between two utterances, so that detection hears two.
    for (
      let at = nowMs + random.between(0, 2_000);
      at < untilMs;
      at += random.between(2_000, 5_000)
    )
      this.#plan.push({ atMs: at, run: () => this.#startToSpeak() });
  }

  /** Does what is due, before or after the next chunk of the microphone. */
  step(nowMs: number): void {
    const isMicrophoneFirst = this.#random.chance(0.5);
    if (isMicrophoneFirst) this.#hear();
    this.doDue(nowMs);
    if (!isMicrophoneFirst) this.#hear();
  }

  /** Does what is due; the microphone is off. */
  doDue(nowMs: number): void {
    const due = this.#plan.filter(({ atMs }) => atMs <= nowMs);
    this.#plan = this.#plan.filter(({ atMs }) => atMs > nowMs);
    for (const step of due) step.run();
  }

  /** The flow was asked to run a function. */
  called(msg: Message, nowMs: number): void {
    const { callId } = msg.voice;
    assert.ok(!this.#calls.has(callId), "each call comes once");
    const treatment = this.#random.pick(TREATMENTS);
    this.#calls.set(callId, treatment);
    for (const delayMs of this.#answerTimes(treatment))
      this.#plan.push({
        atMs: nowMs + delayMs,
        run: () =>
          this.#feed("function-result", {
            payload: { id: msg.payload.id },
            voice: msg.voice,
          }),
      });
  }

  /** @param caught - what Catch has heard of this conversation */
  check(caught: readonly Message[]): void {
    assert.deepEqual(this.#plan, [], "all was done");
    this.#checkErrors();
    this.#checkTyped();
    this.#checkSpoken();
    this.#checkOutputs();
    this.#checkCatch(caught);
    this.#checkResponses();
  }

  #answerTimes(treatment: Treatment): readonly number[] {
    const soon = this.#random.between(0, CALL_LIMIT_MS - 500);
    if (treatment === "answered") return [soon];
    if (treatment === "twice")
      return [soon, soon + this.#random.between(0, 3_000)];
    return treatment === "late"
      ? [CALL_LIMIT_MS + this.#random.between(100, 2_000)]
      : [];
  }

  #hear(): void {
    const isSpeaking = this.#speechLeft-- > 0;
    this.#feed("audio-in", {
      payload: isSpeaking
        ? this.#random.noise(24 * STEP_MS, 0.3)
        : Buffer.alloc(48 * STEP_MS),
    });
  }

  #type(): void {
    const calls = this.#random.pick([0, 0, 1, 2, 3]);
    const text = `${calls > 0 ? `call ${calls}` : "say"} number ${this.#typed.length}`;
    const wantsReply = this.#random.chance(0.8);
    this.#typed.push({ text, wantsReply });
    this.#feed("message", { payload: text, respond: wantsReply });
  }

  #startToSpeak(): void {
    this.#utterances++;
    this.#speechLeft = this.#random.between(10, 20);
  }

  #checkErrors(): void {
    const errors = this.#log.filter(
      ({ by, event }) => by === "server" && event.type === "error",
    );
    assert.deepEqual(
      errors.map(({ event }) => event["error"]),
      [],
    );
  }

  #checkTyped(): void {
    const created = this.#positions(
      "client",
      "conversation.item.create",
      ({ item }) => item.type === "message",
    );
    const texts = created.map(
      (at) => this.#log[at]?.event["item"].content[0].text,
    );
    assert.deepEqual(
      texts,
      this.#typed.map(({ text }) => text),
      "all that was typed has arrived, in order",
    );
    for (const [index, { text, wantsReply }] of this.#typed.entries())
      if (wantsReply)
        assert.ok(this.#isAnswered(created[index]), `«${text}» was answered`);
  }

  #checkSpoken(): void {
    const committed = this.#positions("server", "input_audio_buffer.committed");
    assert.equal(
      committed.length,
      this.#utterances,
      "all that was said is a turn",
    );
    for (const at of committed)
      assert.ok(this.#isAnswered(at), "a turn is answered");
  }

  /** One result for each call that the service has completed; the model is told where there is none. */
  #checkOutputs(): void {
    const completed = this.#positions(
      "server",
      "response.done",
      ({ response }) => response.status === "completed",
    ).flatMap(
      (at) =>
        this.#log[at]?.event["response"].output as {
          type: string;
          call_id: string;
        }[],
    );
    const asked = completed
      .filter(({ type }) => type === "function_call")
      .map((call) => call.call_id);
    assert.deepEqual(
      [...this.#calls.keys()].toSorted(),
      asked.toSorted(),
      "each completed call has reached the flow",
    );
    const outputs = this.#session.items.flatMap(({ item }) =>
      item.type === "function_call_output" ? [item] : [],
    );
    assert.deepEqual(
      outputs.map((output) => output.call_id).toSorted(),
      asked.toSorted(),
      "each call has one result",
    );
    for (const { call_id: callId, output } of outputs) {
      const isAnswered = /answered|twice/.test(this.#calls.get(callId) ?? "");
      assert.match(
        output ?? "",
        isAnswered ? /^\{"id":\d+\}$/ : /^\{"error":"no result within 2 s"\}$/,
      );
    }
  }

  #checkCatch(caught: readonly Message[]): void {
    for (const [callId, treatment] of this.#calls) {
      const codes = caught
        .filter((msg) => msg.voice.callId === callId)
        .map((msg) => msg["error"].code as string);
      assert.deepEqual(codes.toSorted(), CODES[treatment], treatment);
    }
    assert.ok(
      caught.every((msg) => this.#calls.has(msg.voice.callId)),
      "nothing else goes wrong",
    );
  }

  /** Each batch of calls and each typed message is a reason for one response, and none goes unanswered. */
  #checkResponses(): void {
    const batches = this.#batches();
    for (const batch of batches)
      assert.ok(
        this.#isAnswered(Math.max(...batch)),
        "the model goes on after the last result of a batch",
      );
    const asked = this.#positions("client", "response.create").length;
    const reasons =
      batches.length +
      this.#typed.filter(({ wantsReply }) => wantsReply).length;
    assert.ok(
      asked <= reasons,
      `${asked} responses were asked for, with ${reasons} reasons`,
    );
    assert.equal(
      this.#positions("server", "response.created").length,
      this.#positions("server", "response.done").length,
    );
  }

  /** Where in the log the results of each response's calls are. */
  #batches(): number[][] {
    const outputs = this.#positions(
      "client",
      "conversation.item.create",
      ({ item }) => item.type === "function_call_output",
    );
    const byResponse = new Map<string | undefined, number[]>();
    for (const at of outputs) {
      const responseId = this.#responseOf(this.#log[at]?.event["item"].call_id);
      byResponse.set(responseId, [...(byResponse.get(responseId) ?? []), at]);
    }
    return [...byResponse.values()];
  }

  #responseOf(callId: string): string | undefined {
    const done = this.#log.find(
      ({ by, event }) =>
        by === "server" &&
        event.type === "response.output_item.done" &&
        event["item"].call_id === callId,
    );
    return done?.event["response_id"];
  }

  #positions(
    by: Logged["by"],
    type: string,
    matches: (event: WireEvent) => boolean = () => true,
  ): number[] {
    return this.#log.flatMap((logged, at) =>
      logged.by === by && logged.event.type === type && matches(logged.event)
        ? [at]
        : [],
    );
  }

  #isAnswered(at: number | undefined): boolean {
    return (
      at !== undefined &&
      this.#log
        .slice(at)
        .some(
          ({ by, event }) =>
            by === "server" && event.type === "response.created",
        )
    );
  }
}
