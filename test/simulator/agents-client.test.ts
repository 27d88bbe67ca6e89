import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { WebSocket } from "ws";
import { z } from "zod";
import {
  type ScriptOption,
  type Simulator,
  startSimulator,
} from "../../lib/simulator";
import { spoken, tone } from "./sounds";

// It would report what it does to OpenAI.
process.env["OPENAI_AGENTS_DISABLE_TRACING"] = "1";
const agents = import("@openai/agents-realtime");
type Agents = Awaited<typeof agents>;
type Session = InstanceType<Agents["RealtimeSession"]>;
type Tools = ReturnType<Agents["tool"]>[];

/** How the client reads a frame: whatever its own schemas do not describe is `generic` to it. */
type Parse = (message: { data: string }) => {
  readonly data: { readonly type?: string } | null;
  readonly isGeneric: boolean;
};

/** Not among the package's exports, but the judge that the client itself asks. */
function loadParser(): Parse {
  const load = createRequire(__filename);
  const room = join(load.resolve("@openai/agents-realtime"), "..");
  const events = load(join(room, "openaiRealtimeEvents.js")) as {
    parseRealtimeEvent: Parse;
  };
  return events.parseRealtimeEvent;
}

/** A session of OpenAI's agents client with the simulator, and every frame that it gets. */
class Talk {
  readonly session: Session;
  readonly types: string[] = [];
  readonly strangers: string[] = [];
  readonly errors: unknown[] = [];
  readonly #waiting = new Map<string, () => void>();

  constructor(session: Session) {
    this.session = session;
    session.on("error", (error) => this.errors.push(error));
  }

  frame(data: string, parse: Parse): void {
    const { isGeneric } = parse({ data });
    const { type }: { type: string } = JSON.parse(data);
    this.types.push(type);
    if (isGeneric) this.strangers.push(data);
    // The client handles the frame first.
    setImmediate(() => this.#waiting.get(type)?.());
  }

  /** Waits until the client has had so many events of a type. */
  async until(type: string, count = 1): Promise<void> {
    while (this.types.filter((seen) => seen === type).length < count)
      await new Promise<void>((resolve) => this.#waiting.set(type, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Sends 40 ms at a time: the client cannot encode much more in one call. */
  speak(audio: Buffer): void {
    for (let at = 0; at < audio.length; at += 1920)
      this.session.sendAudio(
        new Uint8Array(audio.subarray(at, at + 1920)).buffer,
      );
  }

  /** What was said, as the client remembers it. */
  get said(): readonly (readonly [role: string, text: string])[] {
    return this.session.history.flatMap((item) => {
      if (item.type !== "message") return [];
      const texts = item.content.map((part) =>
        "transcript" in part
          ? (part.transcript ?? "")
          : "text" in part
            ? part.text
            : "",
      );
      return [[item.role, texts.join("")] as const];
    });
  }

  expectNoSurprise(): void {
    assert.deepEqual(this.errors, []);
    assert.deepEqual(this.strangers, []);
  }
}

describe("OpenAI's agents client", () => {
  let simulator: Simulator;
  let talk: Talk;

  async function start(
    options: { script?: ScriptOption; tools?: Tools } = {},
  ): Promise<void> {
    const { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } =
      await agents;
    const { script = "assistant", tools = [] } = options;
    simulator = await startSimulator({ speed: 50, script });
    const parse = loadParser();
    const transport = new OpenAIRealtimeWebSocket({
      model: "gpt-realtime",
      url: `${simulator.url}/v1/realtime?model=gpt-realtime`,
      createWebSocket: ({ url, apiKey }) => {
        const socket = new WebSocket(url, {
          headers: { Authorization: `Bearer ${apiKey}` },
        });
        socket.on("message", (data: Buffer) =>
          talk.frame(data.toString(), parse),
        );
        return Promise.resolve(socket);
      },
    });
    const session = new RealtimeSession(
      new RealtimeAgent({ name: "clerk", instructions: "Be brief.", tools }),
      { transport, tracingDisabled: true },
    );
    talk = new Talk(session);
    await session.connect({ apiKey: "sk-any" });
    await talk.until("session.updated");
  }

  afterEach(async () => {
    talk.session.close();
    await simulator.close();
  });

  it("sets its session, with all its defaults", async () => {
    await start();
    const { settings } = simulator.sessions[0] ?? {};
    assert.equal(settings?.instructions, "Be brief.");
    assert.equal(settings?.turn_detection?.type, "semantic_vad");
    assert.equal(
      settings?.input_audio_transcription?.model,
      "gpt-4o-mini-transcribe",
    );
    talk.expectNoSurprise();
  });

  it("holds a typed turn", async () => {
    await start();
    talk.session.sendMessage("Hello!");
    await talk.until("response.done");
    assert.deepEqual(talk.said, [
      ["user", "Hello!"],
      ["assistant", "Hello, nice to hear you."],
    ]);
    talk.expectNoSurprise();
  });

  it("holds a spoken turn found by detection", async () => {
    await start();
    let heardBytes = 0;
    talk.session.on("audio", ({ data }) => (heardBytes += data.byteLength));
    talk.speak(spoken("question-hello.wav"));
    await talk.until("response.done");
    await talk.until("conversation.item.retrieved");
    const [user, assistant] = talk.said;
    assert.equal(user?.[0], "user");
    assert.notEqual(user?.[1], "");
    assert.deepEqual(assistant, ["assistant", "Hello, nice to hear you."]);
    assert.ok(heardBytes > 24_000);
    talk.expectNoSurprise();
  });

  it("runs a tool and speaks of its result", async () => {
    const { tool } = await agents;
    const asked: unknown[] = [];
    const weather = tool({
      name: "get_weather",
      description: "The weather in a city",
      parameters: z.object({ city: z.string() }),
      execute: (args) => {
        asked.push(args);
        return { temperature: 21, sky: "sunny" };
      },
    });
    await start({ tools: [weather] });
    talk.session.sendMessage("What is the weather in Lisbon?");
    await talk.until("response.done", 2);
    assert.deepEqual(asked, [{ city: "Lisbon" }]);
    assert.deepEqual(talk.said.at(-1), [
      "assistant",
      "It is sunny in Lisbon, with 21 degrees.",
    ]);
    talk.expectNoSurprise();
  });

  it("is interrupted by the user's voice, and cuts what was not heard", async () => {
    // The reply goes on for as long as nobody interrupts it.
    await start({
      script: [
        {
          when: {},
          do: [
            { say: "Once upon a time there was a node." },
            { stall: 600_000 },
          ],
        },
      ],
    });
    let interruptions = 0;
    talk.session.on("audio_interrupted", () => (interruptions += 1));
    talk.session.sendMessage("Tell me a story.");
    await talk.until("response.output_audio.delta");
    talk.speak(Buffer.concat([tone(600), Buffer.alloc(96_000)]));
    await talk.until("input_audio_buffer.speech_started");
    await talk.until("response.done");
    await talk.until("conversation.item.truncated");
    assert.ok(interruptions > 0);
    talk.expectNoSurprise();
  });
});
