import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import type { VoiceLiveError } from "../../lib/client";
import type {
  ConversationHub,
  Outlet,
} from "../../lib/client/conversation-hub";
import type { OutletMode } from "../../lib/client/audio-outlet";
import { parseServerFrame } from "../../lib/protocol";
import { nextTurn, until } from "../client/loopback";
import { fakeTime } from "../flows/fake-time";
import type { Random } from "../support/random";
import {
  ScriptedService,
  type ScriptedSession,
} from "../support/scripted-service";
import { FrameFuzzer, TOOL } from "./frame-fuzzer";
import { heldBytes, inMb } from "./heap";
import { scriptedHub } from "./scripted-hub";
import type { Finding } from "./suite";

const BATCH = 500;
/** Time goes on while frames come: replies play out, calls time out. */
const BATCH_MS = 100;
/** One report of what cannot be read in so long. */
const REPORT_EVERY_MS = 10_000;
const MAX_GROWTH_BYTES = 20 * 1024 * 1024;
const MIC = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
} as const;

/** Fuzzed frames over a real socket to a conversation that a flow listens to with all it has. */
export async function weatherStorm(
  frames: number,
  random: Random,
): Promise<Finding> {
  const builtIns = prototypesNow();
  const clock = fakeTime();
  const service = await ScriptedService.start();
  const storm = new Storm(clock, service, new FrameFuzzer(random));
  try {
    await storm.begin();
    await storm.blow(BATCH * 10);
    await storm.talk();
    const before = heldBytes();
    await storm.blow(frames - BATCH * 10);
    storm.check();
    await storm.talk();
    const grownBytes = heldBytes() - before;
    assert.ok(
      grownBytes < MAX_GROWTH_BYTES,
      `memory grows by ${inMb(grownBytes)}`,
    );
    assert.deepEqual(prototypesNow(), builtIns, "no prototype has changed");
    const { unreadable } = storm;
    const figure = `${unreadable} unreadable, told ${storm.told("VOICE_LIVE_FRAME")} times, heap ${inMb(grownBytes)}`;
    return { count: frames, figure };
  } finally {
    storm.end();
    clock.uninstall();
    await service.close();
  }
}

class Storm {
  readonly #clock: Clock;
  readonly #service: ScriptedService;
  readonly #fuzzer: FrameFuzzer;
  readonly #hub: ConversationHub;
  readonly #faults = new Map<string, number>();
  readonly #heard: string[] = [];
  readonly #startedAt: number;
  #session!: ScriptedSession; // set by `begin`
  #unreadable = 0;
  #outputs = 0;
  #turns = 0;
  #sounds = 0;

  constructor(clock: Clock, service: ScriptedService, fuzzer: FrameFuzzer) {
    this.#clock = clock;
    this.#service = service;
    this.#fuzzer = fuzzer;
    this.#startedAt = clock.now;
    this.#hub = this.#createHub();
  }

  /** Frames so far that are no events. */
  get unreadable(): number {
    return this.#unreadable;
  }

  told(code: string): number {
    return this.#faults.get(code) ?? 0;
  }

  async begin(): Promise<void> {
    const [session] = await Promise.all([
      this.#service.session(),
      Promise.resolve(this.#caller.connect()),
    ]);
    this.#session = session;
    await until(() => this.#caller.state.name === "ready");
  }

  async blow(frames: number): Promise<void> {
    for (let sent = 0; sent < frames; sent += BATCH) {
      for (let index = 0; index < BATCH; index++) this.#send();
      this.#caller.appendAudio(Buffer.alloc(1_920), MIC);
      await this.#settled();
      this.#session.received.length = 0;
    }
  }

  check(): void {
    const { state } = this.#caller;
    assert.equal(state.name, "ready", JSON.stringify(state));
    assert.deepEqual([...this.#bugs], []);
    assert.ok(this.#unreadable > 0, "some frames cannot be read");
    const passedMs = this.#clock.now - this.#startedAt;
    assert.ok(
      this.told("VOICE_LIVE_FRAME") <= 1 + passedMs / REPORT_EVERY_MS,
      `told ${this.told("VOICE_LIVE_FRAME")} times in ${passedMs} ms`,
    );
    assert.ok(this.#outputs > 0, "much of it reaches the flow");
  }

  /** The service comes to its senses: a turn like any other, on the same socket. */
  async talk(): Promise<void> {
    this.#turns++;
    this.#heard.length = 0;
    const [hear, end] = ["speech_started", "speech_stopped"].map((name) => ({
      type: `input_audio_buffer.${name}`,
      item_id: "item_user",
    }));
    const settings = { id: "sess_scripted", turn_detection: null };
    for (const event of [
      { type: "session.updated", session: settings },
      hear!,
      end!,
      ...replyOf(`resp_last_${this.#turns}`, "Never mind."),
    ])
      this.#session.send(event);
    await this.#settled();
    this.#caller.interrupt();
    this.#sounds = 0;
    this.#caller.say(
      [
        {
          type: "message",
          role: "user",
          content: [{ type: "input_text", text: "Are you still there?" }],
        },
      ],
      true,
    );
    await this.#settled();
    const asked = this.#session.received.map(({ type }) => type);
    assert.ok(asked.includes("conversation.item.create"), asked.join());
    assert.ok(asked.includes("response.create"), asked.join());
    for (const event of replyOf(`resp_sane_${this.#turns}`, "I am."))
      this.#session.send(event);
    await this.#settled();
    this.#clock.tick(5_000);
    assert.ok(this.#heard.includes("I am."), this.#heard.join());
    assert.ok(this.#sounds > 0, "the reply sounds");
    assert.equal(this.#figures?.["unreadable_frames"], this.#unreadable);
  }

  end(): void {
    this.#hub.close();
  }

  readonly #bugs = new Set<string>();
  #figures: Readonly<Record<string, unknown>> | undefined;

  get #caller() {
    return this.#hub.open("caller");
  }

  #send(): void {
    const frame = this.#fuzzer.next();
    const bytes = Buffer.from(frame);
    if (parseServerFrame(bytes).kind === "malformed") this.#unreadable++;
    this.#session.sendFrame(frame);
  }

  /** A socket that the client has paused goes on as replies play out. */
  async #settled(): Promise<void> {
    const wait = { isOver: false };
    void this.#session.settled().then(() => (wait.isOver = true));
    this.#clock.tick(BATCH_MS);
    while (!wait.isOver) {
      await nextTurn();
      this.#clock.tick(1);
    }
  }

  #createHub(): ConversationHub {
    const hub = scriptedHub(this.#service, {
      echo: "client",
      silenceMs: 1_000,
    });
    hub.declareTool({
      name: TOOL,
      description: "",
      parameters: { type: "object" },
      timeoutMs: 1_000,
    });
    for (const mode of ["paced", "received", "reply"] as const)
      hub.addOutlet(this.#outlet(mode));
    this.#listen(hub);
    return hub;
  }

  #outlet(mode: OutletMode): Outlet {
    return {
      options: { mode, leadMs: 200, chunkMs: 40, sampleRate: 16_000 },
      audio: () => void this.#sounds++,
      playback: () => void this.#outputs++,
    };
  }

  #listen(hub: ConversationHub): void {
    const onFault = (_: unknown, fault: VoiceLiveError): void => {
      this.#faults.set(fault.code, this.told(fault.code) + 1);
      if (fault.code === "VOICE_LIVE_INTERNAL")
        this.#bugs.add(whereFrom(fault.cause));
    };
    hub.on("fault", onFault);
    hub.on("callFault", onFault);
    hub.on("transcript", (_, { text, isFinal }) => {
      if (isFinal) this.#heard.push(text);
      if (this.#heard.length > 100) this.#heard.shift();
      this.#outputs++;
    });
    hub.on("life", (_, { kind, payload }) => {
      if (kind === "turn") this.#figures = payload;
      this.#outputs++;
    });
    // What a flow does with raw events, Node-RED does too: it clones them.
    hub.on("raw", (_, event) => void structuredClone(event));
    for (const name of ["call", "interrupted", "status"] as const)
      hub.on(name, () => void this.#outputs++);
  }
}

/** A reply of the service, from its beginning to its end. */
function replyOf(id: string, text: string) {
  const part = { response_id: id, item_id: `${id}_item`, content_index: 0 };
  const item = { id: part.item_id, type: "message", role: "assistant" };
  return [
    { type: "response.created", response: { id, status: "in_progress" } },
    { ...part, type: "response.audio_transcript.done", transcript: text },
    {
      ...part,
      type: "response.audio.delta",
      delta: Buffer.alloc(48_000, 1).toString("base64"),
    },
    { ...part, type: "response.audio.done" },
    { type: "response.output_item.done", response_id: id, item },
    { type: "response.done", response: { id, status: "completed" } },
  ];
}

/** All that every object inherits. */
function prototypesNow(): readonly string[] {
  return [Object.prototype, Array.prototype, String.prototype].flatMap(
    (prototype) => Reflect.ownKeys(prototype).map(String),
  );
}

/** Cause and place; the same bug counts once. */
function whereFrom(cause: unknown): string {
  const { stack = String(cause) } = cause as Error;
  return stack.split("\n").slice(0, 4).join();
}
