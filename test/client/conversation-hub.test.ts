import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import { decodeMulaw, encodeMulaw, type AudioFormat } from "../../lib/audio";
import type { OutletChunk, OutletOptions } from "../../lib/client/audio-outlet";
import type {
  Interruption,
  LifeEvent,
} from "../../lib/client/conversation-events";
import type {
  ConversationHub,
  HubOptions,
} from "../../lib/client/conversation-hub";
import { NO_COST_LIMITS } from "../../lib/client/cost-limits";
import { ECHO_MODES } from "../../lib/client/echo";
import {
  startSimulator,
  type Behaviour,
  type SimulatedSession,
  type Simulator,
  type SimulatorOptions,
} from "../../lib/simulator";
import { HandshakeBudget } from "../../lib/client/handshake-budget";
import { fakeTime, pass } from "../flows/fake-time";
import { at, recording, tone } from "../simulator/sounds";
import { sha1 } from "../support/audio";
import { until } from "./loopback";
import { connectOn, hubOn } from "../support/room-hub";

const MIC: AudioFormat = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
};
const PHONE: AudioFormat = {
  encoding: "mu-law",
  sampleRate: 8_000,
  channels: 1,
};
const AVA = { type: "azure-standard", name: "en-US-AvaNeural" } as const;
const STEP_MS = 40;

describe("ConversationHub", () => {
  let clock: Clock;
  let simulator: Simulator;
  let hub: ConversationHub;
  let service: SimulatedSession;
  let life: LifeEvent[];
  let interruptions: Interruption[];
  let chunks: OutletChunk[];
  let playback: string[];

  beforeEach(() => (clock = fakeTime()));
  afterEach(async () => {
    hub.close();
    clock.uninstall();
    await simulator.close();
  });

  async function begin(
    options: Partial<HubOptions> = {},
    simulated: SimulatorOptions = {},
    prepare: () => void = () => void plug(),
  ): Promise<void> {
    [life, interruptions, chunks, playback] = [[], [], [], []];
    simulator = await startSimulator({ script: "echo", ...simulated });
    hub = hubOn(simulator, options);
    hub.on("life", (_conversation, event) => life.push(event));
    hub.on("interrupted", (_conversation, each) => interruptions.push(each));
    hub.on("fault", (_conversation, fault) => assert.fail(fault.message));
    prepare();
    service = await connectOn(simulator, hub);
  }

  function plug(options: Partial<OutletOptions> = {}): () => void {
    return hub.addOutlet({
      options: {
        mode: "paced",
        leadMs: 200,
        chunkMs: 40,
        sampleRate: 24_000,
        ...options,
      },
      audio: (_conversation, chunk) => chunks.push(chunk),
      playback: (_conversation, { event }) =>
        playback.push(`${event} @${clock.now}`),
    });
  }

  const caller = () => hub.open("caller");
  const played = (): Buffer => Buffer.concat(chunks.map(({ pcm }) => pcm));
  const kinds = (kind: LifeEvent["kind"]) =>
    life.filter((event) => event.kind === kind);
  const turnsOfUser = (): number =>
    service.items.filter(
      ({ item }) => item.type === "message" && item.role === "user",
    ).length;

  /** A microphone that goes on for so long. */
  async function speak(pcm: Buffer, format = MIC): Promise<void> {
    const bytes = (format.encoding === "mu-law" ? 8 : 48) * STEP_MS;
    for (let from = 0; from < pcm.length; from += bytes) {
      caller().appendAudio(pcm.subarray(from, from + bytes), format);
      await pass(clock, STEP_MS, STEP_MS);
    }
  }

  const speech = (ms: number): Buffer => tone(ms);
  const quiet = (ms: number): Buffer => Buffer.alloc(ms * 48);

  /** Until a reply sounds, so many ms of it. */
  async function hearReply(ms: number): Promise<void> {
    caller().respond();
    await pass(clock, 100);
    assert.ok(chunks.length > 0, "the reply has begun");
    await pass(clock, ms - 100);
  }

  const saying =
    (ms: number): Behaviour =>
    () => [
      { play: { pcm: tone(ms), sampleRate: 24_000 }, transcript: "words" },
    ];

  describe("echo", () => {
    for (const echo of ECHO_MODES) {
      const isFlagged = echo === "client";
      it(`${echo} is ${isFlagged ? "" : "not "}announced in the address`, async () => {
        await begin({ echo });
        assert.deepEqual(
          service.request.features,
          isFlagged ? ["client_ec_reference:true"] : [],
        );
        assert.equal(service.request.url.includes("features"), isFlagged);
      });
    }

    it("is as the user's own settings say, where they do", async () => {
      const own = {
        type: "server_echo_cancellation",
        reference_source: "server",
      } as const;
      await begin({
        echo: "client",
        settings: { input_audio_echo_cancellation: own },
      });
      assert.equal(
        service.settings.input_audio_echo_cancellation?.reference_source,
        "server",
      );
      assert.deepEqual(service.request.features, []);
    });

    it("has its reference also where only the user's own settings want it", async () => {
      await begin({
        settings: {
          input_audio_echo_cancellation: {
            type: "server_echo_cancellation",
            reference_source: "client",
            channels: 2,
          },
        },
      });
      assert.deepEqual(service.request.features, ["client_ec_reference:true"]);
      const sizes: number[] = [];
      service.on("client", (event) => {
        if (event.type === "input_audio_buffer.append")
          sizes.push(Buffer.from(event.audio, "base64").length);
      });
      await speak(quiet(40));
      assert.deepEqual(sizes, [40 * 96]);
    });
  });

  describe("limit of minutes", () => {
    const limit = (minutes: number): Partial<HubOptions> => ({
      costLimits: { ...NO_COST_LIMITS, maxMinutes: minutes },
    });

    /** When something was told, in ms since the session was ready. */
    async function timesOf(
      wanted: readonly LifeEvent["kind"][],
      ms: number,
    ): Promise<readonly string[]> {
      const times: string[] = [];
      const readyAt = clock.now;
      hub.on("life", (_conversation, { kind, payload }) => {
        if (!wanted.includes(kind)) return;
        const detail = payload["reason"] ?? payload["limit"];
        times.push(`${kind} ${String(detail)} @${clock.now - readyAt}`);
      });
      await pass(clock, ms);
      return times;
    }

    it("closes a conversation in which nobody speaks at once", async () => {
      await begin(limit(0.05));
      assert.deepEqual(await timesOf(["warning", "closed"], 4_000), [
        "warning maxMinutes @3000",
        "closed limit @3000",
      ]);
      assert.equal(hub.get("caller"), undefined);
    });

    it("lets a reply be heard to its end", async () => {
      await begin(limit(0.05), { behaviours: [saying(5_000)] });
      caller().respond();
      const [warning, closed] = await timesOf(["warning", "closed"], 8_000);
      assert.equal(warning, "warning maxMinutes @3000");
      const [start, end] = playback;
      const [startedAt, endedAt] = [start, end].map((event) =>
        Number(event?.split("@")[1]),
      );
      assert.equal((endedAt ?? 0) - (startedAt ?? 0), 5_000);
      const closedAt = Number(closed?.split("@")[1]);
      assert.ok(closedAt >= 5_000 && closedAt < 5_200, closed);
      assert.equal(sha1(played()), sha1(tone(5_000)));
    });

    it("cuts a reply that goes on for more than half a minute", async () => {
      await begin(limit(0.05), { behaviours: [saying(60_000)] });
      caller().respond();
      assert.deepEqual(await timesOf(["warning", "closed"], 35_000), [
        "warning maxMinutes @3000",
        "closed limit @33000",
      ]);
    });

    it("hears nothing more of the user", async () => {
      await begin(limit(0.05), { behaviours: [saying(5_000)] });
      await speak(quiet(200));
      assert.ok(service.receivedMs > 0);
      caller().respond();
      await pass(clock, 3_500);
      const before = service.receivedMs;
      await speak(speech(500));
      assert.equal(service.receivedMs, before);
      assert.deepEqual(interruptions, []);
    });
  });

  it("interrupts nothing while no session is ready", async () => {
    await begin({}, {}, () => {
      plug();
      caller().connect();
      caller().respond();
      assert.equal(caller().phase, "thinking");
      caller().interrupt();
      assert.equal(caller().phase, "idle");
    });
    await pass(clock, 1_000);
    assert.deepEqual([interruptions, chunks], [[], []]);
  });

  describe("half-duplex", () => {
    /** Can the service hear the microphone? */
    async function isOpen(): Promise<boolean> {
      const before = service.receivedMs;
      caller().appendAudio(quiet(STEP_MS), MIC);
      await pass(clock, 1);
      return service.receivedMs > before;
    }

    /** Time at which the microphone is heard again. */
    async function opensAt(): Promise<number> {
      for (let tries = 0; tries < 2_000; tries++)
        if (await isOpen()) return clock.now - 1;
      throw new Error("Expected the microphone to open");
    }

    it("closes the microphone from the first audio to 350 ms after the estimated end", async () => {
      await begin({ echo: "half-duplex" }, { behaviours: [saying(1_000)] });
      assert.equal(await isOpen(), true);
      await hearReply(200);
      assert.equal(await isOpen(), false);
      const startedAt = Number(playback[0]?.slice("start @".length));
      assert.equal((await opensAt()) - startedAt, 1_350);
    });

    it("waits as long after the end as the settings say", async () => {
      await begin(
        { echo: "half-duplex", echoTailMs: 1_000 },
        { behaviours: [saying(1_000)] },
      );
      await hearReply(200);
      const startedAt = Number(playback[0]?.slice("start @".length));
      assert.equal((await opensAt()) - startedAt, 2_000);
    });

    for (const earlyMs of [0, 100, -100]) {
      it(`opens at once when the device reports the end ${earlyMs} ms before the estimate`, async () => {
        await begin({ echo: "half-duplex" }, { behaviours: [saying(1_000)] });
        await hearReply(200);
        const startedAt = Number(playback[0]?.slice("start @".length));
        await pass(clock, startedAt + 1_000 - earlyMs - clock.now, 1);
        assert.equal(await isOpen(), false);
        caller().reportPlayed(chunks[0]?.position.itemId, 1_000);
        await pass(clock, 1);
        assert.equal(await isOpen(), true);
      });
    }

    it("stays closed when the device says after the estimated end that it is not there yet", async () => {
      await begin({ echo: "half-duplex" }, { behaviours: [saying(1_000)] });
      await hearReply(200);
      const startedAt = Number(playback[0]?.slice("start @".length));
      await pass(clock, startedAt + 1_200 - clock.now);
      caller().reportPlayed(chunks[0]?.position.itemId, 600);
      // 400 ms are still to come, and then the tail.
      assert.equal((await opensAt()) - startedAt, 1_200 + 400 + 350);
    });

    it("is not opened by a report about an item that is over or unknown", async () => {
      await begin({ echo: "half-duplex" }, { behaviours: [saying(1_000)] });
      await hearReply(1_100);
      for (const itemId of ["item_of_yesterday", ""])
        caller().reportPlayed(itemId, 1_000);
      assert.equal(await isOpen(), false);
    });

    it("closes again for the next reply, whose end nobody reports", async () => {
      await begin({ echo: "half-duplex" }, { behaviours: [saying(1_000)] });
      await hearReply(1_000);
      caller().reportPlayed(chunks[0]?.position.itemId, 1_000);
      await pass(clock, 20);
      assert.equal(await isOpen(), true);
      await hearReply(200);
      assert.equal(await isOpen(), false);
      const startedAt = Number(playback[2]?.slice("start @".length));
      assert.equal((await opensAt()) - startedAt, 1_350);
    });

    it("opens a tail after the flow has interrupted", async () => {
      await begin({ echo: "half-duplex" }, { behaviours: [saying(5_000)] });
      await hearReply(1_000);
      caller().interrupt();
      const interruptedAt = clock.now;
      assert.equal((await opensAt()) - interruptedAt, 350);
    });
  });

  describe("native formats", () => {
    it("lets G.711 pass both ways bit for bit", async () => {
      await begin({}, {}, () => {
        hub.declareInput(PHONE);
        plug({ sampleRate: 8_000, encoding: "mu-law", chunkMs: 20 });
      });
      assert.equal(service.settings.input_audio_format, "g711_ulaw");
      assert.equal(service.settings.output_audio_format, "g711_ulaw");
      const [up, down]: [Buffer[], Buffer[]] = [[], []];
      service.on("client", (event) => {
        if (event.type === "input_audio_buffer.append")
          up.push(Buffer.from(event.audio, "base64"));
      });
      service.on("server", (event) => {
        if (event.type === "response.audio.delta")
          down.push(Buffer.from(String(event["delta"]), "base64"));
      });
      const question = encodeMulaw(
        at(recording("question-weather.wav"), 8_000),
      );
      const call = Buffer.alloc(
        Math.ceil(question.length / 320) * 320 + 8_000,
        0xff,
      );
      question.copy(call);
      await speak(call, PHONE);
      await pass(clock, 6_000);
      assert.equal(sha1(Buffer.concat(up)), sha1(call));
      assert.ok(played().length > question.length);
      assert.equal(sha1(played()), sha1(Buffer.concat(down)));
      // The echo is what was said; the simulator's own samples know only one zero, G.711 has two.
      const echo = decodeMulaw(played());
      assert.ok(decodeMulaw(call).includes(echo));
      assert.equal(playback.length, 2);
    });

    it("takes PCM16 of 16 kHz as it is", async () => {
      await begin(
        {},
        {},
        () => void hub.declareInput({ ...MIC, sampleRate: 16_000 }),
      );
      assert.equal(service.settings.input_audio_sampling_rate, 16_000);
      assert.equal(service.settings.input_audio_format, "pcm16");
    });

    for (const [name, prepare, options] of [
      [
        "where inputs disagree",
        () => [hub.declareInput(PHONE), hub.declareInput(MIC)],
        {},
      ],
      [
        "where an input takes what comes",
        () => [hub.declareInput(PHONE), hub.declareInput(undefined)],
        {},
      ],
      [
        "where an input that agreed is gone",
        () => [hub.declareInput(PHONE)()],
        {},
      ],
      [
        "beside a format of the user's own",
        () => [hub.declareInput(PHONE)],
        { settings: { input_audio_sampling_rate: 24_000 } },
      ],
      [
        "beside the client's reference",
        () => [hub.declareInput(PHONE)],
        { echo: "client" },
      ],
    ] as const) {
      it(`stay out of it ${name}`, async () => {
        await begin(options, {}, () => void prepare());
        assert.equal(service.settings.input_audio_format, "pcm16");
        assert.equal(service.settings.input_audio_sampling_rate, 24_000);
      });
    }
  });

  describe("silence", () => {
    it("is told each time it has lasted so long, and not while anyone is to be heard", async () => {
      await begin(
        { silenceMs: 5_000 },
        { behaviours: [saying(4_000)], speed: 1 },
      );
      await pass(clock, 11_000);
      const told = () =>
        kinds("silence").map(({ payload }) => payload["silentMs"]);
      assert.deepEqual(told(), [5_000, 10_000]);
      await speak(speech(6_000));
      await speak(quiet(1_000));
      await pass(clock, 3_400);
      assert.deepEqual(told(), [5_000, 10_000]);
      await pass(clock, 6_000);
      assert.deepEqual(told(), [5_000, 10_000, 5_000]);
    });

    it("ends the turn of a microphone that stops in the middle of a word within 2 s", async () => {
      await begin();
      await speak(speech(800));
      assert.equal(turnsOfUser(), 0);
      await pass(clock, 2_000);
      assert.equal(turnsOfUser(), 1);
    });

    it("ends the turn of a microphone that is muted, and the session lives on", async () => {
      await begin();
      await speak(speech(800));
      caller().mute();
      await pass(clock, 20);
      assert.equal(turnsOfUser(), 1);
      await pass(clock, 120_000, 1_000);
      assert.equal(caller().state.name, "ready");
      caller().unmute();
      await speak(speech(800));
      await speak(quiet(1_000));
      assert.equal(turnsOfUser(), 2);
      assert.equal(simulator.sessions.length, 1);
    });

    it("is fed for at most 10 s", async () => {
      await begin({
        settings: {
          turn_detection: { type: "server_vad", silence_duration_ms: 60_000 },
        },
      });
      await speak(speech(800));
      await pass(clock, 30_000);
      assert.equal(turnsOfUser(), 0);
      assert.equal(service.receivedMs, 10_800);
    });
  });

  it("tells with each turn how much of the microphone was lost, and how much came too late to be heard", async () => {
    await begin({}, { behaviours: [saying(200)], speed: 4 }, () => {
      plug();
      // Five seconds before there is a session: the last two are kept.
      for (let chunk = 0; chunk < 50; chunk++)
        caller().appendAudio(quiet(100), MIC);
    });
    caller().respond();
    await pass(clock, 2_000);
    const [turn] = kinds("turn");
    assert.equal(turn?.payload["uplink_dropped_ms"], 3_000);
    assert.equal(turn?.payload["late_deltas"], 0);
  });

  it("warns once of each stretch in which the microphone loses audio, and shows it meanwhile", async () => {
    await begin({}, { behaviours: [saying(200)] });
    const told: string[] = [];
    hub.on("status", ({ isLosingAudio }) => told.push(`${isLosingAudio}`));
    const warnings = (): number =>
      kinds("warning").filter(({ payload }) => payload["code"] === "uplink")
        .length;
    const lose = async (): Promise<void> => {
      const before = warnings();
      service.drop();
      await until(() => caller().state.name !== "ready");
      for (let chunk = 0; chunk < 60; chunk++)
        caller().appendAudio(quiet(100), MIC);
      await pass(clock, 40);
      assert.equal(warnings(), before + 1);
      assert.equal(caller().isLosingAudio, true);
      assert.ok(told.includes("true"));
    };
    // The session is opened again within 250 ms, and everything goes on.
    hub.removeAllListeners("fault");
    await lose();
    await pass(clock, 4_900);
    assert.equal(caller().isLosingAudio, true);
    await pass(clock, 200);
    assert.equal(caller().isLosingAudio, false);
    assert.equal(told.at(-1), "false");
    await until(() => simulator.sessions.length === 1);
    service = simulator.sessions[0] ?? service;
    await lose();
  });

  it("sends what it held over a minute without a service at twice real time, two seconds of it", async () => {
    await begin();
    await speak(quiet(1_000));
    hub.removeAllListeners("fault");
    const port = Number(new URL(simulator.url).port);
    const closed = simulator.close();
    await speak(quiet(60_000));
    await closed;
    simulator = await startSimulator({ script: "echo", port });
    // The longest wait between two attempts is 30 s.
    for (let ms = 0; caller().state.name !== "ready"; ms += STEP_MS) {
      assert.ok(ms < 35_000, "the session is opened again");
      await speak(quiet(STEP_MS));
    }
    const since = clock.now;
    const [session] = simulator.sessions;
    const received: { readonly at: number; readonly ms: number }[] = [];
    for (let step = 0; step < 100; step++) {
      const ms = session?.receivedMs ?? 0;
      received.push({ at: clock.now - since, ms });
      await speak(quiet(STEP_MS));
    }
    for (const { at: passedMs, ms } of received)
      assert.ok(ms <= 2 * passedMs + 4 * STEP_MS, `${ms} in ${passedMs} ms`);
    const lead = (): number => (session?.receivedMs ?? 0) - (clock.now - since);
    await until(() => lead() > 1_800);
    assert.ok(lead() <= 2_000 + 4 * STEP_MS, `${lead()}`);
  }).timeout(60_000);

  it("holds the service back at two minutes of speech, loses none of it, and counts that", async () => {
    const SPEECH_MS = 300_000;
    await begin({}, { behaviours: [saying(SPEECH_MS)], speed: Infinity });
    caller().respond();
    await pass(clock, SPEECH_MS + 5_000, 100);
    assert.equal(sha1(played()), sha1(tone(SPEECH_MS)));
    const [turn] = kinds("turn");
    assert.ok(Number(turn?.payload["downlink_pauses"]) >= 2);
    assert.equal(kinds("ready").length, 1);
    assert.equal(kinds("closed").length, 0);
  }).timeout(60_000);

  it("is not held up by a flow that takes its time over each chunk", async () => {
    let pending = 0;
    await begin({}, { behaviours: [saying(2_000)] }, () =>
      hub.addOutlet({
        options: {
          mode: "paced",
          leadMs: 200,
          chunkMs: 40,
          sampleRate: 24_000,
        },
        audio: (_conversation, chunk) => {
          chunks.push(chunk);
          pending++;
          setTimeout(() => pending--, 10_000);
        },
        playback: (_conversation, { event }) =>
          playback.push(`${event} @${clock.now}`),
      }),
    );
    caller().respond();
    await pass(clock, 2_500);
    assert.equal(sha1(played()), sha1(tone(2_000)));
    assert.deepEqual(
      playback.map((event) => event.split(" ")[0]),
      ["start", "end"],
    );
    assert.equal(pending, 50);
    const [turn] = kinds("turn");
    assert.equal(turn?.payload["underruns"], 0);
    assert.equal(turn?.payload["downlink_pauses"], 0);
  });

  it("counts the underruns of a turn in its figures", async () => {
    const pause: Behaviour = () => [
      { play: { pcm: tone(500), sampleRate: 24_000 }, transcript: "Well" },
      { stall: 2_000 },
      { play: { pcm: tone(500), sampleRate: 24_000 }, transcript: "then" },
    ];
    let isSmooth = false;
    await begin(
      {},
      {
        behaviours: [
          (context) => (isSmooth ? saying(500)(context) : pause(context)),
        ],
      },
    );
    await hearReply(4_000);
    isSmooth = true;
    caller().respond();
    await pass(clock, 2_000);
    assert.deepEqual(
      kinds("turn").map(({ payload }) => payload["underruns"]),
      [1, 0],
    );
  });

  it("says after a barge-in what was heard, by the times of the words", async () => {
    // In proportion to time it would be four: the first word takes most of the time.
    const words: [string, number][] = [
      ["one", 2_500],
      ["two", 200],
      ["three", 200],
      ["four", 200],
      ["five", 200],
    ];
    const answer: Behaviour = () =>
      words.map(([transcript, ms]) => ({
        play: { pcm: tone(ms), sampleRate: 24_000 },
        transcript,
      }));
    await begin(
      {
        settings: {
          voice: AVA,
          output_audio_timestamp_types: ["word"],
          turn_detection: { type: "server_vad" },
        },
      },
      { behaviours: [answer] },
    );
    await hearReply(2_800);
    const speaking = speak(speech(400));
    await speaking;
    const [interruption] = interruptions;
    assert.ok(interruption);
    const { heardMs, heardText, by } = interruption;
    assert.equal(by, "user");
    assert.ok(heardMs >= 2_900 && heardMs < 3_100, `${heardMs} ms`);
    assert.equal(heardText, "one two three");
    const [truncate] = service.received.filter(
      ({ type }) => type === "conversation.item.truncate",
    );
    assert.equal(truncate?.["audio_end_ms"], heardMs);
  });

  for (const what of ["speaks", "asks for a reply"] as const) {
    it(`opens the conversation of a caller who ${what} before one where nothing happens`, async () => {
      simulator = await startSimulator({ script: "echo" });
      hub = hubOn(simulator, {}, new HandshakeBudget(1));
      await connectOn(simulator, hub);
      const [silent, talker] = ["silent", "talker"].map((key) => {
        const conversation = hub.open(key);
        conversation.connect();
        return conversation;
      });
      assert.ok(silent && talker);
      if (what !== "speaks") talker.respond();
      clock.tick(60_000);
      if (what === "speaks") talker.appendAudio(speech(40), MIC);
      clock.tick(1_000);
      await until(() => talker.state.name === "ready");
      assert.equal(silent.state.name, "connecting");
    });
  }
});
