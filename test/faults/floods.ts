import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import type { VoiceLiveError } from "../../lib/client";
import type { ConversationHub } from "../../lib/client/conversation-hub";
import { nextTurn, until } from "../client/loopback";
import { fakeTime, pass } from "../flows/fake-time";
import type { Random } from "../support/random";
import {
  ScriptedService,
  type ScriptedSession,
} from "../support/scripted-service";
import { heldBytes, inMb } from "./heap";
import { scriptedHub } from "./scripted-hub";
import type { Finding } from "./suite";

const MAX_MESSAGE = 16 * 1024 * 1024;
const MAX_GROWTH_BYTES = 20 * 1024 * 1024;
/** No flood of these needs so much to be noticed. */
const MAX_FLOOD_BYTES = 64 * 1024 * 1024;
/** Collecting garbage takes longer than what is measured. */
const MEASURE_EVERY_BYTES = 3 * 1024 * 1024;
/** A session that ends sooner counts as one that never was. */
const SETTLED_MS = 6_000;
const RETRY_MS = 300;

const TEXT = 0x1;
const CONTINUED = 0x0;
const PING = 0x9;
const FINAL = 0x80;

/** Bytes of a flood, one write after the other, without an end of its own. */
type Flood = () => Generator<Buffer>;

const FLOODS: Readonly<Record<string, Flood>> = {
  "one message of 16 MiB and a byte": function* () {
    yield frame(FINAL | TEXT, MAX_MESSAGE + 1);
    yield* endless(Buffer.alloc(65_536, "x"));
  },
  "a message of a terabyte, as its head says": function* () {
    yield frame(FINAL | TEXT, 2 ** 40);
    yield* endless(Buffer.alloc(65_536, "x"));
  },
  "a message in pieces of 64 KiB that never ends": function* () {
    yield frame(TEXT, 0);
    yield* endless(whole(CONTINUED, Buffer.alloc(65_536, "x")));
  },
  "a message in pieces of one byte that never ends": function* () {
    yield frame(TEXT, 0);
    yield* endless(repeated(whole(CONTINUED, Buffer.from("x")), 500));
  },
  "a message in empty pieces that never ends": function* () {
    yield frame(TEXT, 0);
    yield* endless(repeated(frame(CONTINUED, 0), 1_000));
  },
  "a message in pieces with pings between them": function* () {
    yield frame(TEXT, 0);
    const pings = repeated(whole(FINAL | PING, Buffer.alloc(125)), 10);
    const piece = whole(CONTINUED, Buffer.from("x"));
    yield* endless(Buffer.concat([piece, pings]));
  },
};

/** Each flood so many times, on a conversation that has to survive them all. */
export async function sufferFloods(
  rounds: number,
  random: Random,
): Promise<Finding> {
  const clock = fakeTime();
  const service = await ScriptedService.start();
  const hub = scriptedHub(service);
  const victim = new Victim(clock, service, hub);
  let grownBytes = 0;
  try {
    await victim.begin();
    const names = Object.keys(FLOODS);
    for (let round = 0; round < rounds; round++)
      for (const name of random.shuffled(names)) {
        const grown = await victim.suffer(name, FLOODS[name]!); // it is one of the names
        grownBytes = Math.max(grownBytes, grown);
      }
    const count = rounds * names.length;
    return { count, figure: `close 1009, heap ${inMb(grownBytes)} at most` };
  } finally {
    hub.close();
    clock.uninstall();
    await service.close();
  }
}

class Victim {
  readonly #clock: Clock;
  readonly #service: ScriptedService;
  readonly #hub: ConversationHub;
  readonly #faults: VoiceLiveError[] = [];
  #session!: ScriptedSession; // set by `begin`

  constructor(clock: Clock, service: ScriptedService, hub: ConversationHub) {
    this.#clock = clock;
    this.#service = service;
    this.#hub = hub;
    hub.on("fault", (_, fault) => this.#faults.push(fault));
  }

  async begin(): Promise<void> {
    const next = this.#service.session();
    this.#hub.open("caller").connect();
    this.#session = await next;
    await this.#isReady();
  }

  /** @returns by how much memory had grown when it was worst */
  async suffer(name: string, flood: Flood): Promise<number> {
    await pass(this.#clock, SETTLED_MS, 1_000);
    this.#faults.length = 0;
    const before = heldBytes();
    const worst = await this.#flood(name, flood);
    const { closeCode } = this.#session;
    assert.equal(closeCode, 1009, `${name}: closed with ${closeCode}`);
    // The service sees the close frame before the client sees the end of the socket.
    await until(() => this.#faults.length > 0);
    assert.deepEqual(
      this.#faults.map(({ code }) => code),
      ["VOICE_LIVE_FRAME"],
      name,
    );
    await this.#recover();
    // What is left of the old socket goes with the next turns of the loop.
    await pass(this.#clock, SETTLED_MS, 1_000);
    const left = heldBytes() - before;
    assert.ok(left < MAX_GROWTH_BYTES / 10, `${name} leaves ${inMb(left)}`);
    return worst - before;
  }

  async #flood(name: string, flood: Flood): Promise<number> {
    let sent = 0;
    let measuredAt = 0;
    let worst = heldBytes();
    for (const bytes of flood()) {
      if (this.#session.closeCode !== undefined) return worst;
      await this.#session.sendBytes(bytes);
      await nextTurn();
      sent += bytes.length;
      assert.ok(sent < MAX_FLOOD_BYTES, `${name} is noticed`);
      if (sent - measuredAt < MEASURE_EVERY_BYTES) continue;
      measuredAt = sent;
      worst = Math.max(worst, heldBytes());
    }
    return worst;
  }

  async #recover(): Promise<void> {
    const next = this.#service.session();
    await pass(this.#clock, RETRY_MS);
    this.#session = await next;
    await this.#isReady();
  }

  async #isReady(): Promise<void> {
    await this.#session.settled();
    assert.equal(this.#hub.open("caller").state.name, "ready");
  }
}

/** Head of a frame from the service, which masks nothing. */
function frame(first: number, length: number): Buffer {
  if (length < 126) return Buffer.from([first, length]);
  const head = Buffer.alloc(10);
  head.writeUInt8(first, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

function whole(first: number, payload: Buffer): Buffer {
  return Buffer.concat([frame(first, payload.length), payload]);
}

function repeated(bytes: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}

function* endless(bytes: Buffer): Generator<Buffer> {
  for (;;) yield bytes;
}
