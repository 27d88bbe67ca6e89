import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import type { AudioFormat } from "../../../lib/audio";
import type { Conversation } from "../../../lib/client";
import type { ConversationHub } from "../../../lib/client/conversation-hub";
import {
  startSimulator,
  type SimulatedSession,
  type Simulator,
} from "../../../lib/simulator";
import { exchange, fakeTime } from "../../flows/fake-time";
import { tone } from "../../simulator/sounds";
import { hubOn } from "../../support/room-hub";
import type { Random } from "../../support/random";
import { faultSuite } from "../suite";

const MIC: AudioFormat = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
};
const STEP_MS = 100;
const LIMIT_MS = 60_000;
const REPLY_MS = 700;
const QUIET = Buffer.alloc(STEP_MS * 48);
const LOUD = tone(STEP_MS);
const CALLERS = 20;

/** Someone who asks, listens to the answer, thinks, and asks again. */
class Caller {
  readonly #conversation: Conversation;
  readonly #random: Random;
  readonly log: string[] = [];
  /** What happened last, for whoever has to find a lost turn. */
  readonly story: string[] = [];
  asked = 0;
  answered = 0;
  #speechSteps = 0;
  #waitSteps: number;
  #isWaitingForReply = false;
  #stepsOfPatience = 0;
  #steps = 0;

  constructor(conversation: Conversation, random: Random) {
    this.#conversation = conversation;
    this.#random = random;
    this.#waitSteps = random.between(0, 30);
  }

  get key(): string {
    return this.#conversation.key;
  }

  note(what: string): void {
    this.story.push(`${this.#steps} ${what}`);
    if (this.story.length > 60) this.story.shift();
  }

  get isWaitingForReply(): boolean {
    return this.#isWaitingForReply;
  }

  /** A turn that is not answered within ten seconds was lost. */
  get isLeftAlone(): boolean {
    return this.#isWaitingForReply && this.#stepsOfPatience <= 0;
  }

  /** A whole reply was played out. */
  replyEnded(): void {
    this.answered++;
    this.#isWaitingForReply = false;
    // Thinks for up to three seconds; at times it is shorter than a renewal takes.
    this.#waitSteps = this.#random.between(2, 30);
  }

  step(isLast: boolean): void {
    this.#steps++;
    this.#stepsOfPatience--;
    this.#conversation.appendAudio(this.#sound(isLast), MIC);
  }

  #sound(isLast: boolean): Buffer {
    if (this.#speechSteps > 0) {
      this.#speechSteps--;
      return LOUD;
    }
    if (this.#isWaitingForReply || isLast) return QUIET;
    if (this.#waitSteps-- > 0) return QUIET;
    this.asked++;
    this.#isWaitingForReply = true;
    this.#stepsOfPatience = 10_000 / STEP_MS;
    this.#speechSteps = this.#random.between(3, 15);
    this.note(`asks for ${this.#speechSteps} steps`);
    return QUIET;
  }
}

interface Service {
  readonly simulator: Simulator;
  readonly hub: ConversationHub;
  readonly callers: readonly Caller[];
  readonly faults: string[];
  /** Sessions in the order in which they came. */
  readonly sessions: SimulatedSession[];
  renewals: number;
}

/** The texts of a session's conversation, without the note in front. */
function textsOf(session: SimulatedSession): string[] {
  return session.items.flatMap(({ item }) => {
    if (item.type !== "message" || item.role === "system") return [];
    const [part] = item.content as { text?: string; transcript?: string }[];
    return [`${item.role}: ${part?.text ?? part?.transcript ?? ""}`];
  });
}

async function start(random: Random): Promise<Service> {
  const simulator = await startSimulator({
    sessionLimitMs: LIMIT_MS,
    speed: Number.POSITIVE_INFINITY,
    behaviours: [
      ({ turn }) => [
        {
          play: { pcm: tone(REPLY_MS), sampleRate: 24_000 },
          transcript: `answer ${turn}`,
        },
      ],
    ],
  });
  const faults: string[] = [];
  const hub = hubOn(simulator, {
    maxConversations: CALLERS,
    renewal: { sessionMs: 3_000_000, marginMs: 20_000 },
    settings: {
      turn_detection: { type: "server_vad" },
      input_audio_transcription: { model: "azure-speech" },
    },
  });
  const callers = Array.from(
    { length: CALLERS },
    (_, index) => new Caller(hub.open(`caller ${index}`), random),
  );
  const service: Service = {
    simulator,
    hub,
    callers,
    faults,
    sessions: [],
    renewals: 0,
  };
  listen(service);
  for (const { key } of callers) hub.open(key).connect();
  return service;
}

function listen(service: Service): void {
  const { hub, simulator, faults } = service;
  const byKey = new Map(service.callers.map((each) => [each.key, each]));
  simulator.on("session", (session) => {
    service.sessions.push(session);
    session.on("server", (event) => {
      if (event.type === "error") faults.push(JSON.stringify(event));
    });
  });
  hub.on("fault", (_conversation, fault) => faults.push(fault.message));
  hub.on("transcript", ({ key }, { who, text, isFinal, heard }) => {
    if (!isFinal) return;
    byKey.get(key)?.log.push(`${who}: ${heard ?? text}`);
    if (heard !== undefined) faults.push(`${key}: a reply was cut short`);
  });
  hub.on("raw", ({ key, sessionId }, { type }) =>
    byKey.get(key)?.note(`${type} ${sessionId}`),
  );
  hub.on("life", ({ key, sessionId }, { kind, payload }) => {
    if (kind === "closed") faults.push(`${key}: closed`);
    if (kind !== "renewed") return;
    service.renewals++;
    byKey.get(key)?.note(`renewed to ${sessionId}`);
    if (payload["reason"] !== "pause") faults.push(`${key}: no pause was used`);
    checkMemory(service, byKey.get(key)?.log ?? [], sessionId);
  });
  hub.addOutlet({
    options: { mode: "received", leadMs: 0, chunkMs: 40, sampleRate: 24_000 },
    audio: () => undefined,
    playback: ({ key }, { event, playedMs }) => {
      if (event === "flush") faults.push(`${key}: a reply was flushed`);
      byKey.get(key)?.note(event);
      if (event !== "end") return;
      if (Math.round(playedMs) !== REPLY_MS)
        faults.push(`${key}: ${playedMs} ms of a reply were played`);
      byKey.get(key)?.replyEnded();
    },
  });
}

/** The new session knows exactly the last words of the talk, in order. */
function checkMemory(
  { sessions, faults }: Service,
  log: readonly string[],
  sessionId: string,
): void {
  const session = sessions.find(({ id }) => id === sessionId);
  if (!session) return void faults.push("renewed to a session that nobody has");
  const texts = textsOf(session);
  const expected = log.slice(-texts.length);
  if (texts.length < Math.min(log.length, 50))
    faults.push(`${texts.length} of ${log.length} items are remembered`);
  if (texts.join("\n") !== expected.join("\n"))
    faults.push(`memory ${texts.join(" | ")} is not ${expected.join(" | ")}`);
}

async function advance(clock: Clock, service: Service, isLast: boolean) {
  for (const caller of service.callers) {
    caller.step(isLast);
    if (caller.isLeftAlone)
      service.faults.push(
        `${caller.key} has no answer:\n${caller.story.join("\n")}`,
      );
  }
  clock.tick(STEP_MS);
  await exchange();
}

faultSuite(
  "talking conversations are renewed: no turn lost, no reply cut",
  { quick: 40, full: 1_000 },
  async (renewals, random) => {
    const clock = fakeTime();
    const service = await start(random);
    try {
      while (service.renewals < renewals && service.faults.length === 0)
        await advance(clock, service, false);
      // What was asked last is answered.
      while (
        service.callers.some((each) => each.isWaitingForReply) &&
        service.faults.length === 0
      )
        await advance(clock, service, true);
      assert.deepEqual(service.faults.slice(0, 3), []);
      const asked = service.callers.reduce((sum, each) => sum + each.asked, 0);
      const answered = service.callers.reduce(
        (sum, each) => sum + each.answered,
        0,
      );
      assert.equal(answered, asked, "every turn is answered once");
      return {
        count: service.renewals,
        figure: `${asked} turns, 0 lost, 0 cut`,
      };
    } finally {
      service.hub.close();
      clock.uninstall();
      await service.simulator.close();
    }
  },
);
