import { Readable } from "node:stream";
import type { Random } from "../support/random";

/** A message as a flow can make it by mistake or by malice: any values, any traps. */
export type BadMessage = Record<string, unknown>;

/** One kind of bad input: what it does to a good message. */
export type Spoil = (good: BadMessage, random: Random) => BadMessage;

const trapError = (): never => {
  throw new Error("a trap");
};
const handler = <T extends object>(target: T): ProxyHandler<T> => ({
  get: (_, member) =>
    // Node-RED itself needs the id.
    member === "_msgid" ? Reflect.get(target, member) : trapError(),
  has: trapError,
  ownKeys: trapError,
  getOwnPropertyDescriptor: trapError,
  getPrototypeOf: trapError,
});

function circle(): object {
  const object: Record<string, unknown> = { name: "round" };
  object["self"] = object;
  object["list"] = [object];
  return object;
}

function deep(levels: number): unknown {
  let nest: unknown = "bottom";
  for (let level = 0; level < levels; level++) nest = [{ text: nest }];
  return nest;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(64);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function trapped(members: readonly string[]): object {
  const object = {};
  for (const member of members)
    Object.defineProperty(object, member, { get: trapError, enumerable: true });
  return object;
}

function sparse(): unknown[] {
  const list: unknown[] = [];
  list.length = 1_000_000;
  return list;
}

/** Values that no node can use as its payload; each is made anew, since some are used up. */
const PAYLOADS: Readonly<Record<string, (random: Random) => unknown>> = {
  "nothing at all": () => undefined,
  null: () => null,
  "no number": () => NaN,
  "a negative number": (random) => -random.between(1, 1e9),
  "an infinite number": () => -Infinity,
  "a BigInt": () => 10n ** 30n,
  "a symbol": () => Symbol("payload"),
  "a function": () => trapError,
  "an object with nothing in it": () => ({}),
  "an object without a prototype": () => Object.create(null) as object,
  "an object that holds itself": circle,
  "a nest of 20,000 lists": () => deep(10_000),
  "a list of a hundred thousand nulls": () => Array(100_000).fill(null),
  "a list of a million holes": sparse,
  "a list of everything": () => [1n, Symbol("s"), circle(), null, [[]]],
  "a date": () => new Date(NaN),
  "a map": () => new Map([[{}, {}]]),
  "a promise": () => new Promise(() => undefined),
  "a stream": () => Readable.from(["x"]),
  "a web stream": () => new ReadableStream(),
  "an error": () => new TypeError("not yours"),
  "a proxy that throws": () => new Proxy({}, handler({})),
  "a proxy that is revoked": revoked,
  "an object whose members throw": () =>
    trapped(["type", "data", "text", "image", "toJSON", "then", "action"]),
  "an object that is no text": () => ({
    toString: trapError,
    toJSON: trapError,
    valueOf: trapError,
    [Symbol.toPrimitive]: trapError,
  }),
  "samples of no known type": () => new BigInt64Array(10),
  "a view of bytes": () => new DataView(new ArrayBuffer(7)),
  "memory that is gone": detached,
  "a megabyte that is no base64": () => "%".repeat(1_000_000),
  "a Buffer from JSON that is none": () => ({
    type: "Buffer",
    data: ["x", {}, -1, 1e9, null, Symbol("s")],
  }),
  "compressed music": (random) =>
    Buffer.concat([Buffer.from("ID3\u0004\0\0\0\0\0\0"), random.noise(500)]),
  "half the head of a WAV": () =>
    Buffer.from("RIFF\u00ff\u00ff\u00ff\u007fWAVEfmt \u0010\0\0\0\u00ff\u00ff"),
  "a picture that is none": () => ({ image: circle(), text: Symbol("t") }),
};

/** What a message says about itself. */
const PROPERTIES: Readonly<Record<string, Spoil>> = {
  "a format that is none": (good, random) => ({
    ...good,
    rate: random.pick([-1, NaN, "many", {}, Symbol("r"), 1n, 0.5, 1e12]),
    channels: random.pick([-1, 0, 99, "two", null]),
    bits: random.pick([-8, 7, Infinity, [], "16 bits"]),
    encoding: random.pick(["opus", 5, {}, Symbol("e"), "__proto__"]),
  }),
  "a place that is none": (good, random) => ({
    ...good,
    payload: NaN,
    voice: random.pick<unknown>([
      5,
      "voice",
      [],
      null,
      new Proxy({}, handler({})),
      { conversation: {}, callId: 5, itemId: [], generation: "9" },
      { conversation: Symbol("c"), callId: "", generation: NaN },
      trapped(["conversation", "callId", "itemId", "generation"]),
      { conversation: "x".repeat(1e6), callId: "x".repeat(1e6) },
    ]),
  }),
  "an action that is none": (good, random) => ({
    ...good,
    payload: NaN,
    action: random.pick<unknown>([
      "__proto__",
      "constructor",
      5,
      Symbol("a"),
      {},
    ]),
    role: random.pick<unknown>(["root", 5, {}, Symbol("r")]),
  }),
  "prototype keys": (good) =>
    JSON.parse(
      JSON.stringify({ ...good, payload: { text: { nested: 5 } } }).replace(
        "{",
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},',
      ),
    ) as BadMessage,
};

/** The message itself is the trap. */
const MESSAGES: Readonly<Record<string, Spoil>> = {
  "a frozen message": (good) =>
    Object.freeze<BadMessage>({
      ...good,
      payload: Object.freeze([Object.freeze({})]),
    }),
  "a message whose payload throws": (good) =>
    Object.defineProperty<BadMessage>({ ...good }, "payload", {
      get: trapError,
      enumerable: true,
    }),
  "a message that throws at every touch": (good) =>
    new Proxy<BadMessage>({ ...good }, handler(good)),
  "a message without a prototype": (good) =>
    Object.assign(Object.create(null) as BadMessage, good, { payload: NaN }),
};

/** Every kind of bad input, by its name. */
export const KINDS: Readonly<Record<string, Spoil>> = {
  ...Object.fromEntries(
    Object.entries(PAYLOADS).map(([name, make]) => [
      name,
      (good: BadMessage, random: Random) => ({
        ...good,
        payload: make(random),
      }),
    ]),
  ),
  ...PROPERTIES,
  ...MESSAGES,
};
