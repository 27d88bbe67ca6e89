import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import type { AudioFormat } from "../../lib/audio";
import type { LifeEvent } from "../../lib/client/conversation-events";
import type { ConversationHub } from "../../lib/client/conversation-hub";
import { resolveEndpoint } from "../../lib/client/endpoint";
import { HandshakeBudget } from "../../lib/client/handshake-budget";
import {
  dialectFor,
  type RequestSession,
  type ServiceKind,
} from "../../lib/protocol";
import {
  startSimulator,
  type ScriptOption,
  type SimulatedSession,
  type Simulator,
} from "../../lib/simulator";
import { fakeTime, pass } from "../flows/fake-time";
import { spoken, tone } from "../simulator/sounds";
import { connectOn, hubOn } from "../support/room-hub";

const MIC: AudioFormat = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
};
const STEP_MS = 40;

const CONTRACTS: readonly (readonly [service: ServiceKind, version: string])[] =
  [
    ["voice-live", "2026-07-15"],
    ["voice-live", "2025-10-01"],
    ["voice-live", "v1"],
    ["openai", ""],
    ["azure-openai", "v1"],
    ["azure-openai", "2025-04-01-preview"],
  ];

/** What every service has. */
const PERSONA: RequestSession = {
  instructions: "Be brief.",
  voice: { type: "openai", name: "ash" },
  turn_detection: { type: "server_vad", silence_duration_ms: 400 },
  input_audio_transcription: { model: "whisper-1" },
};

describe("A conversation", () => {
  let clock: Clock;
  let simulator: Simulator;
  let hub: ConversationHub;
  let service: SimulatedSession;
  let told: string[];
  let life: LifeEvent[];

  beforeEach(() => (clock = fakeTime()));
  afterEach(async () => {
    hub.close();
    clock.uninstall();
    await simulator.close();
  });

  async function begin(
    kind: ServiceKind,
    apiVersion: string,
    settings: RequestSession,
    more: { script?: ScriptOption; prepare?: () => void } = {},
  ): Promise<void> {
    [told, life] = [[], []];
    simulator = await startSimulator({ script: more.script ?? "assistant" });
    const endpoint = resolveEndpoint(simulator.url, {
      service: kind,
      apiVersion,
    });
    const headers = { Authorization: "Bearer any" };
    hub = hubOn(simulator, {
      access: {
        service: kind,
        apiVersion,
        budget: new HandshakeBudget(1_000),
        locate: () => Promise.resolve({ endpoint, headers }),
      },
      settings,
    });
    listen();
    more.prepare?.();
    service = await connectOn(simulator, hub);
  }

  /** What a flow would see, but for what no two sessions share. */
  function listen(): void {
    hub.on("life", (_conversation, event) => life.push(event));
    hub.on("fault", (_conversation, { message }) => told.push(message));
    hub.on("interrupted", (_conversation, { by }) =>
      told.push(`interrupted by ${by}`),
    );
    hub.on("transcript", (_conversation, { who, text, isFinal, heard }) => {
      if (!isFinal) return;
      told.push(heard === undefined ? `${who}: ${text}` : `${who}, cut off`);
    });
    hub.on("call", (conversation, { name, args, callId }) => {
      told.push(`${name} ${JSON.stringify(args)}`);
      conversation.answerCall(
        callId,
        '{"temperature": 21, "sky": "sunny"}',
        true,
      );
    });
    hub.addOutlet({
      options: { mode: "paced", leadMs: 200, chunkMs: 40, sampleRate: 24_000 },
      audio: () => undefined,
      playback: (_conversation, { event }) => told.push(`playback ${event}`),
    });
  }

  const caller = () => hub.open("caller");

  async function say(text: string, waitMs: number): Promise<void> {
    const content = [{ type: "input_text" as const, text }];
    caller().say([{ type: "message", role: "user", content }], true);
    await pass(clock, waitMs, STEP_MS);
  }

  async function speak(pcm: Buffer, waitMs: number): Promise<void> {
    const bytes = 48 * STEP_MS;
    for (let from = 0; from < pcm.length; from += bytes) {
      caller().appendAudio(pcm.subarray(from, from + bytes), MIC);
      await pass(clock, STEP_MS, STEP_MS);
    }
    await pass(clock, waitMs, STEP_MS);
  }

  for (const [kind, version] of CONTRACTS) {
    const dialect = dialectFor(kind, version);
    it(`is the same with ${kind} ${version} (${dialect})`, async () => {
      await begin(kind, version, PERSONA);
      assert.equal(service.request.dialect, dialect);
      hub.declareTool({
        name: "get_weather",
        description: "The weather in a city",
        parameters: { type: "object" },
        timeoutMs: 10_000,
      });
      await say("Hello!", 4_000);
      await speak(spoken("question-hello.wav"), 5_000);
      await say("What is the weather in Lisbon?", 6_000);
      await say("Tell me a story.", 1_500);
      await speak(Buffer.concat([tone(600), Buffer.alloc(48_000)]), 0);
      hub.open("caller").interrupt();

      const userSaid = told.find((line) => line.startsWith("user: "));
      assert.ok(userSaid && userSaid.length > "user: ".length);
      assert.deepEqual(told.slice(0, 15), [
        "playback start",
        "playback end",
        "assistant: Hello, nice to hear you.",
        userSaid,
        "playback start",
        "playback end",
        "assistant: Hello, nice to hear you.",
        'get_weather {"city":"Lisbon"}',
        "playback start",
        "playback end",
        "assistant: It is sunny in Lisbon, with 21 degrees.",
        "playback start",
        "playback flush",
        "interrupted by user",
        "assistant, cut off",
      ]);
      const warnings = life.filter((event) => event.kind === "warning");
      assert.deepEqual(warnings, []);
      const truncated = service.received.filter(
        ({ type }) => type === "conversation.item.truncate",
      );
      assert.equal(truncated.length, 1);
    });
  }

  for (const [kind, version] of CONTRACTS) {
    it(`goes on with ${kind} ${version} in a new session, which is told what was said`, async () => {
      await begin(kind, version, PERSONA);
      await say("Hello!", 4_000);
      const next = new Promise<SimulatedSession>((resolve) =>
        simulator.once("session", resolve),
      );
      service.drop();
      await pass(clock, 2_000, STEP_MS);
      await say("Hello!", 4_000);
      // The first one says where the others come from.
      const words = (await next).items
        .slice(1)
        .map(({ item }) =>
          item.type === "message"
            ? (item.content ?? []).map((part) =>
                "text" in part ? part.text : part.type,
              )
            : item.type,
        );
      assert.deepEqual(words, [
        ["Hello!"],
        ["Hello, nice to hear you."],
        ["Hello!"],
        ["audio"],
      ]);
      const replies = told.filter((line) => line.startsWith("assistant: "));
      assert.equal(replies.length, 2);
      // The lost session, and nothing else.
      const faults = told.filter((line) => line.includes("VOICE_LIVE"));
      assert.deepEqual(faults, []);
    });
  }

  for (const [what, format, expected] of [
    [
      "takes G.711 as it is",
      { encoding: "mu-law", sampleRate: 8_000, channels: 1 },
      "g711_ulaw",
    ],
    [
      "gets other rates converted",
      { encoding: "signed-integer", sampleRate: 16_000, channels: 1 },
      "pcm16",
    ],
  ] as const) {
    it(`with OpenAI ${what}, without a warning`, async () => {
      await begin("openai", "", PERSONA, {
        prepare: () => void hub.declareInput(format),
      });
      assert.equal(service.settings.input_audio_format, expected);
      assert.deepEqual(
        life.filter((event) => event.kind === "warning"),
        [],
      );
      const silence =
        expected === "pcm16"
          ? Buffer.alloc(2 * format.sampleRate)
          : Buffer.alloc(format.sampleRate, 0xff);
      caller().appendAudio(silence, format);
      await pass(clock, 1_000, STEP_MS);
      // Its own last samples wait in the converter.
      assert.ok(
        Math.abs(service.receivedMs - 1_000) < 50,
        `${service.receivedMs} ms`,
      );
    });
  }

  it("with OpenAI names in one warning what only Azure has, and goes on without it", async () => {
    await begin(
      "openai",
      "",
      {
        ...PERSONA,
        voice: { type: "azure-standard", name: "en-US-AvaNeural" },
        temperature: 0.7,
        turn_detection: {
          type: "azure_semantic_vad",
          silence_duration_ms: 400,
          remove_filler_words: true,
        },
        input_audio_sampling_rate: 16_000,
        avatar: { character: "lisa", customized: false },
      },
      { script: "echo" },
    );
    const warnings = life.filter((event) => event.kind === "warning");
    assert.deepEqual(
      warnings.map(({ payload }) => payload["settings"]),
      [
        [
          "voice",
          "turn_detection.remove_filler_words",
          "turn_detection.type",
          "temperature",
          "input_audio_sampling_rate",
          "avatar",
        ],
      ],
    );
    const [{ payload } = assert.fail("no warning")] = warnings;
    assert.match(String(payload["message"]), /does not have: voice \(Azure/);
    assert.deepEqual(Object.keys(payload["reasons"] as object).length, 6);
    const ready = life.find((event) => event.kind === "ready");
    assert.deepEqual(ready?.payload["notApplied"], payload["settings"]);
    const { asked, difference } = (ready?.payload ?? {}) as {
      asked: object;
      difference: readonly object[];
    };
    assert.ok("avatar" in asked);
    assert.deepEqual(difference.at(-1), {
      setting: "avatar",
      asked: { character: "lisa", customized: false },
      applied: null,
    });

    const { turn_detection: detection } = service.settings;
    assert.ok(detection?.type === "server_vad");
    assert.equal(detection.silence_duration_ms, 400);
    await speak(spoken("question-hello.wav"), 5_000);
    // Sent at the rate that the service has, not at the one that it was asked for.
    const heard = service.items.find(({ sound }) => sound)?.sound;
    assert.equal(heard?.sampleRate, 24_000);
    assert.deepEqual(
      told.filter((line) => !line.includes(":")),
      ["playback start", "playback end"],
    );
  });

  it("names once what is no setting of any service, and sends it all the same", async () => {
    await begin("voice-live", "2026-07-15", {
      ...PERSONA,
      instrutions: "x",
    } as object);
    caller().updateSettings({ tempratur: 1 } as object);
    await pass(clock, 200);
    caller().updateSettings({ temperature: 0.5 });
    await pass(clock, 200);
    const warnings = life.filter((event) => event.kind === "warning");
    assert.deepEqual(
      warnings.map(({ payload }) => payload),
      ["instrutions", "tempratur"].map((name) => ({
        code: "settings",
        message: `Not known as settings (typing errors?): ${name}`,
        settings: [name],
        reasons: { [name]: "not known as a setting: a typing error?" },
      })),
    );
    const ready = life.find((event) => event.kind === "ready");
    assert.deepEqual(ready?.payload["notApplied"], ["instrutions"]);
    const sent = service.received.filter(
      ({ type }) => type === "session.update",
    );
    assert.match(JSON.stringify(sent[0]), /"instrutions":"x"/);
  });

  it("with OpenAI asks for exact words, and says once that they are no promise", async () => {
    await begin("openai", "", PERSONA);
    caller().sayExactly("We are closed.");
    await pass(clock, 4_000, STEP_MS);
    caller().sayExactly("We are still closed.");
    await pass(clock, 4_000, STEP_MS);
    const asked = service.received.filter(
      ({ type }) => type === "response.create",
    );
    assert.match(JSON.stringify(asked[0]), /word for word.*We are closed\./);
    assert.equal(asked.length, 2);
    assert.deepEqual(
      life
        .filter((event) => event.kind === "warning")
        .map(({ payload }) => payload["settings"]),
      [["response.pre_generated_assistant_message"]],
    );
  });

  it("with OpenAI tells of a change what it cannot have", async () => {
    await begin("openai", "", PERSONA);
    caller().updateSettings({ temperature: 0.5, instructions: "Sing." });
    await pass(clock, 200);
    assert.equal(service.settings.instructions, "Sing.");
    const warnings = life.filter((event) => event.kind === "warning");
    assert.deepEqual(
      warnings.map(({ payload }) => payload["settings"]),
      [["temperature"]],
    );
  });

  it("with OpenAI stops at once when the key is wrong, and says so", async () => {
    simulator = await startSimulator({ apiKey: "right" });
    const endpoint = resolveEndpoint(simulator.url, { service: "openai" });
    const headers = { Authorization: "Bearer wrong" };
    hub = hubOn(simulator, {
      access: {
        service: "openai",
        apiVersion: "",
        budget: new HandshakeBudget(1_000),
        locate: () => Promise.resolve({ endpoint, headers }),
      },
    });
    const faults: string[] = [];
    hub.on("fault", (_conversation, { code }) => faults.push(code));
    caller().connect();
    await pass(clock, 1_000);
    assert.deepEqual(faults, ["VOICE_LIVE_UNAUTHORIZED"]);
    assert.equal(caller().state.name, "stopped");
  });

  it("with OpenAI has no agents, and says so", async () => {
    simulator = await startSimulator();
    const endpoint = resolveEndpoint(simulator.url, { service: "openai" });
    hub = hubOn(simulator, {
      access: {
        service: "openai",
        apiVersion: "",
        budget: new HandshakeBudget(1_000),
        locate: () => Promise.resolve({ endpoint, headers: {} }),
      },
      target: { target: "agent", agent: { name: "a", project: "p" } },
    });
    const faults: string[] = [];
    hub.on("fault", (_conversation, { message }) => faults.push(message));
    caller().connect();
    await pass(clock, 200);
    assert.match(faults.join(), /Agents run on Azure Voice Live only/);
  });
});
