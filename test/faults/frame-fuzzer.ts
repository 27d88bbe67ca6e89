import { CATALOGUE, sampleEvent, sampleItem } from "../protocol/wire-catalogue";
import type { Random } from "../support/random";

/** What goes over the wire: a text message, or a binary one. */
export type Frame = string | Buffer;

type Json = Record<string, unknown>;

/** A place in an event: the object or list, and its member. */
interface Place {
  readonly holder: Json;
  readonly member: string;
}

const DEPTH = 10_000;
const LONG_TEXT = 1_000_000;
/** Frames that duplicates and late ones are taken from. */
const REMEMBERED = 50;
/** The fuzzer's own tool, as a flow declares it. */
export const TOOL = "lookup";

/** Makes the frames of a service that has lost its mind: every kind of fault, in every field of every event that is known. */
export class FrameFuzzer {
  readonly #random: Random;
  readonly #events: readonly (() => Json)[];
  readonly #kinds: readonly (readonly [weight: number, make: () => Frame])[];
  readonly #weights: number;
  readonly #sent: Frame[] = [];
  readonly #late: Frame[] = [];

  constructor(random: Random) {
    this.#random = random;
    this.#events = [
      ...CATALOGUE.serverEvents.map(
        (event) => () => sampleEvent(event, event.optional),
      ),
      ...LIFELIKE.map((make) => () => make(random)),
      ...LIFELIKE.map((make) => () => make(random)),
    ];
    this.#kinds = this.#makeKinds();
    this.#weights = this.#kinds.reduce((sum, [weight]) => sum + weight, 0);
  }

  next(): Frame {
    const late = this.#late.length > 5 ? this.#late.shift() : undefined;
    const frame = late ?? this.#pickKind()();
    this.#sent.push(frame);
    if (this.#sent.length > REMEMBERED) this.#sent.shift();
    return frame;
  }

  #pickKind(): () => Frame {
    let at = this.#random.next() * this.#weights;
    for (const [weight, make] of this.#kinds) {
      at -= weight;
      if (at < 0) return make;
    }
    return () => this.#text();
  }

  #makeKinds(): readonly (readonly [number, () => Frame])[] {
    const random = this.#random;
    return [
      [300, () => this.#text()],
      [250, () => this.#mutated((place) => this.#set(place, this.#value()))],
      [100, () => this.#mutated((place) => this.#set(place, null))],
      [50, () => this.#mutated((place) => delete place.holder[place.member])],
      [50, () => this.#mutated((place) => this.#trap(place))],
      [20, () => this.#withNullEverywhere()],
      [50, () => cut(this.#text(), random)],
      [50, () => flipped(this.#text(), random)],
      [30, () => random.noise(random.between(0, 100))],
      [30, () => Buffer.from(this.#text())],
      [30, () => this.#unknown()],
      [30, () => this.#strangeAudio()],
      [20, () => this.#hold()],
      [20, () => (this.#sent.length > 0 ? random.pick(this.#sent) : "")],
      [2, () => this.#nested()],
      [1, () => this.#mutated((place) => this.#long(place))],
    ];
  }

  #event(): Json {
    const event = this.#random.pick(this.#events)();
    const names: Readonly<Record<string, string>> = CATALOGUE.v1Names;
    const v1Name = names[String(event["type"])];
    if (v1Name && this.#random.chance(0.2)) event["type"] = v1Name;
    return placed(event, this.#random);
  }

  #text(): string {
    return JSON.stringify(this.#event());
  }

  #mutated(mutate: (place: Place) => void): string {
    const event = this.#event();
    for (let times = this.#random.between(1, 2); times > 0; times--)
      mutate(this.#random.pick(placesIn(event)));
    return JSON.stringify(event);
  }

  #set({ holder, member }: Place, value: unknown): void {
    holder[member] = value;
  }

  #value(): unknown {
    return this.#random.pick(VALUES)(this.#random);
  }

  /** Prototype keys, beside what is there or in its place. */
  #trap({ holder, member }: Place): void {
    const bad = { polluted: true, type: "message", item_id: "polluted" };
    const trap = JSON.parse(
      '{"__proto__":1,"constructor":{"prototype":1},"prototype":1}',
      (key, value: unknown) => (value === 1 ? { [key]: bad, ...bad } : value),
    ) as Json;
    if (this.#random.chance(0.5)) holder[member] = trap;
    else
      for (const key of Object.keys(trap))
        Object.defineProperty(holder, key, {
          value: trap[key],
          enumerable: true,
          configurable: true,
          writable: true,
        });
  }

  #withNullEverywhere(): string {
    const event = this.#event();
    for (const { holder, member } of placesIn(event))
      if (member !== "type") holder[member] = null;
    return JSON.stringify(event);
  }

  #unknown(): string {
    const type = this.#random.pick(UNKNOWN_TYPES);
    return JSON.stringify({ ...this.#event(), type });
  }

  #strangeAudio(): string {
    const random = this.#random;
    const delta = random.pick([
      "AAA",
      "A===",
      "%%%%",
      "AA AA",
      "ÄÖÜß",
      "=",
      random.noise(random.between(1, 50)).subarray(1).toString("base64"),
      random.noise(2_400).toString("base64"),
    ]);
    return JSON.stringify({
      ...placed({ type: "response.audio.delta" }, random),
      delta,
    });
  }

  /** Sends another frame first: this one comes later than it should. */
  #hold(): Frame {
    this.#late.push(this.#text());
    return this.#text();
  }

  #nested(): string {
    const [open, close] = this.#random.pick([
      ["[", "]"],
      ['{"item":', "}"],
      ['{"cached_tokens_details":', "}"],
    ] as const);
    const nest = `${open.repeat(DEPTH)}1${close.repeat(DEPTH)}`;
    const event = JSON.stringify(this.#mutatedBy("NEST"));
    return event.replace('"NEST"', () => nest);
  }

  #mutatedBy(value: unknown): Json {
    const event = this.#event();
    this.#set(this.#random.pick(placesIn(event)), value);
    return event;
  }

  /** Long words, lines and numbers bring badly written patterns to a halt. */
  #long({ holder, member }: Place): void {
    const unit = this.#random.pick(["a", "A", " ", "\n", "é", "api-key=", "0"]);
    holder[member] = unit.repeat(LONG_TEXT / unit.length);
  }
}

/** Events as a working service sends them, since few of the catalogue's samples ever get so far. */
const LIFELIKE: readonly ((random: Random) => Json)[] = [
  () => ({ type: "response.created", response: { status: "in_progress" } }),
  (random) => ({
    type: "response.done",
    response: {
      status: random.pick(["completed", "cancelled", "failed", "incomplete"]),
      status_details: { reason: "turn_detected", error: { code: "x" } },
      usage: { total_tokens: 3, input_token_details: { text_tokens: 1 } },
      output: [someItem(random)],
    },
  }),
  (random) => ({
    type: "response.output_item.done",
    output_index: 0,
    item: someItem(random),
  }),
  (random) => ({
    type: "conversation.item.created",
    item: someItem(random),
  }),
  (random) => ({
    type: "response.audio.delta",
    delta: random.noise(random.between(0, 2_400)).toString("base64"),
  }),
  () => ({ type: "response.audio_transcript.delta", delta: "some words " }),
  () => ({ type: "response.audio_transcript.done", transcript: "some words" }),
  (random) => ({
    type: "response.audio_timestamp.delta",
    text: "some",
    audio_offset_ms: random.between(0, 2_000),
    audio_duration_ms: 200,
  }),
  () => ({ type: "response.audio.done" }),
  (random) => ({
    type: "session.updated",
    session: {
      turn_detection: random.pick([null, { type: "server_vad" }]),
      output_audio_format: random.pick(["pcm16", "g711_ulaw", "pcm16_8000hz"]),
      voice: { type: "azure-standard", name: "en-US-AvaNeural" },
      tools: [{ type: "function", name: TOOL }],
      expires_at: 1_900_000_000,
    },
  }),
  (random) => ({
    type: "error",
    error: {
      type: "invalid_request_error",
      code: random.pick([
        "response_cancel_not_active",
        "conversation_already_has_active_response",
        "invalid_value",
      ]),
      message: "Something is wrong.",
      event_id: "event_1",
    },
  }),
  () => ({ type: "input_audio_buffer.speech_started", audio_start_ms: 0 }),
  () => ({ type: "input_audio_buffer.speech_stopped", audio_end_ms: 900 }),
];

function someItem(random: Random): Json {
  const type = random.pick(Object.keys(CATALOGUE.items.server));
  const item = sampleItem("server", type);
  const content = [{ type: "audio", transcript: "some words" }];
  if (type === "message") return { ...item, role: "assistant", content };
  return type === "function_call"
    ? { ...item, name: TOOL, arguments: '{"city":"Rome"}' }
    : item;
}

/** Few ids, so that events meet; now and then a new one, so that nothing can be kept for each of them. */
function placed(event: Json, random: Random): Json {
  const id = (kind: string): string =>
    `${kind}_${random.chance(0.1) ? random.between(1, 1e9) : random.between(1, 9)}`;
  const part = { response_id: id("resp"), item_id: id("item") };
  const { response, item } = event as { response?: Json; item?: Json };
  return {
    ...(isOutside(event) ? {} : part),
    ...event,
    ...("item_id" in event && { item_id: part.item_id }),
    ...("response_id" in event && { response_id: part.response_id }),
    ...(response && { response: { ...response, id: part.response_id } }),
    ...(item && {
      item: {
        ...item,
        id: part.item_id,
        ...("call_id" in item && { call_id: id("call") }),
      },
    }),
  };
}

/** Events about no reply. */
function isOutside({ type }: Json): boolean {
  return /^(error|warning|session\.|rate_limits)/.test(String(type));
}

const UNKNOWN_TYPES: readonly unknown[] = [
  "response.dance.delta",
  "constructor",
  "__proto__",
  "toString",
  "",
  "response.audio.delta ",
  7,
  ["error"],
  { type: "error" },
];

const VALUES: readonly ((random: Random) => unknown)[] = [
  () => true,
  () => "",
  () => "some text",
  () => "\u0000\ud800",
  () => [],
  () => ({}),
  () => [null],
  () => [[]],
  () => [{ type: "message", role: "user", content: [null] }],
  () => ({ toString: 5, valueOf: null, length: 9e9, toJSON: "x" }),
  () => ({ type: "Buffer", data: [1, 2, 3] }),
  () => 0,
  () => -1,
  () => 0.5,
  () => -0,
  () => 2 ** 31,
  () => 2 ** 32 - 2,
  () => 2 ** 32,
  () => 2 ** 53,
  () => 1e308,
  () => -1e308,
  () => 5e-324,
  (random) => random.between(-1e9, 1e9),
  () => "1e999",
  () => "pcm16_1hz",
  () => "pcm16_10007hz",
  () => "pcm16_99999hz",
  () => "g711_alaw",
  () => "response_cancel_not_active",
  () => "a".repeat(300),
];

/** Every member of an event and of what is in it. */
function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== "object" || value === null) return found;
  const holder = value as Json;
  for (const member of Object.keys(holder)) {
    found.push({ holder, member });
    placesIn(holder[member], found);
  }
  return found;
}

function cut(text: string, random: Random): string {
  return text.slice(0, random.between(0, text.length - 1));
}

/** A wrong letter: still text, as a text message has to be. */
function flipped(text: string, random: Random): string {
  const at = random.between(0, text.length - 1);
  const letter = random.pick(['"', "{", "}", "[", ",", ":", "\\", "0", "é"]);
  return text.slice(0, at) + letter + text.slice(at + 1);
}
