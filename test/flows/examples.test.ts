import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseWav, pickChannel, rms } from "../../lib/audio";
import {
  exampleNames,
  readExample,
  withReplyFile,
  type FlowNode,
} from "../../scripts/flow-file";
import type { SentMessage } from "../../scripts/sent-messages";
import { packageRoot } from "../../scripts/user-dir";
import { startNodeRed, type NodeRed } from "../support/node-red";
import { Device } from "../support/device";
import { TestPage } from "../support/page";
import { soundOf } from "../support/page-talk";

const names = exampleNames();

describe("every example", () => {
  for (const name of names) {
    describe(name, () => {
      const flow = readExample(name);

      it("is a tab of its own name", () => {
        assert.deepEqual(
          flow.filter((node) => node.type === "tab").map((tab) => tab["label"]),
          [name],
        );
      });

      it("says in a comment what to do", () => {
        const [comment] = flow.filter((node) => node.type === "comment");
        assert.match(String(comment?.["name"]), /\b(Press|Connect)\b/);
      });

      it("has wires, sessions and resources that lead somewhere", () => {
        const ids = new Set(flow.map((node) => node.id));
        const targets = flow.flatMap((node) => [
          ...wiresOf(node).flat(),
          node["session"],
          node["resource"],
          node["server"],
        ]);
        assert.deepEqual(
          targets.filter(
            (target) => target !== undefined && !ids.has(target as string),
          ),
          [],
        );
      });

      it("carries no secret", () => {
        assert.deepEqual(
          flow.filter(
            (node) =>
              "credentials" in node ||
              "apiKey" in node ||
              "clientSecret" in node,
          ),
          [],
        );
      });

      it("stands on the grid", () => {
        const offGrid = flow.filter(
          (node) =>
            Number(node["x"] ?? 0) % 10 !== 0 ||
            Number(node["y"] ?? 0) % 10 !== 0,
        );
        assert.deepEqual(offGrid, []);
      });
    });
  }

  it("has ids that no other example has", () => {
    const ids = names.flatMap((name) =>
      readExample(name).map((node) => node.id),
    );
    assert.equal(new Set(ids).size, ids.length);
  });
});

function wiresOf(node: FlowNode): string[][] {
  return (node["wires"] ?? []) as string[][];
}

describe("examples in Node-RED", function () {
  // Questions and answers are spoken in real time.
  this.timeout(60_000);

  let folder: string;
  let nodeRed: NodeRed;

  before(
    () => (folder = mkdtempSync(path.join(tmpdir(), "voice-live-examples-"))),
  );
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => nodeRed.stop());

  const replyFile = () => path.join(folder, "reply.wav");

  async function run(name: string): Promise<void> {
    nodeRed = await startNodeRed({
      flows: withReplyFile(readExample(name), replyFile()),
    });
  }

  function said(
    who: "user" | "assistant",
    text: string | RegExp,
  ): Promise<SentMessage> {
    const matches = (payload: unknown) =>
      typeof text === "string" ? payload === text : text.test(String(payload));
    return nodeRed.waitForSent(
      `the ${who} to say ${String(text)}`,
      ({ type, msg }) =>
        type === "voice-live-transcript" &&
        msg["topic"] === who &&
        matches(msg["payload"]),
    );
  }

  function called(name: string): Promise<SentMessage> {
    return nodeRed.waitForSent(
      `a call of ${name}`,
      ({ type, msg }) =>
        type === "voice-live-function" && msg["topic"] === name,
    );
  }

  function sentBy(id: string): SentMessage[] {
    return nodeRed.sent.filter((each) => each.id === id);
  }

  /** What the file node wrote; it has finished when Node-RED has stopped. */
  async function writtenReply() {
    await nodeRed.stop();
    return parseWav(readFileSync(replyFile()));
  }

  function problems(): unknown[] {
    return nodeRed.sent
      .filter(({ type }) => type === "catch")
      .map(({ msg }) => msg["error"]);
  }

  it("First conversation asks by itself, calls the flow's function and speaks the answer", async () => {
    await run("First conversation");
    await said("user", "What is the weather in Lisbon?");
    const { msg } = await called("get_weather");
    assert.deepEqual(msg["payload"], { city: "Lisbon" });
    await nodeRed.waitForStatus("first-conversation-level", /▮/);
    await said("assistant", "It is sunny in Lisbon, with 21 degrees.");
    assert.deepEqual(problems(), []);
    const { sampleRate, channels, bits, data } = await writtenReply();
    assert.deepEqual(
      { sampleRate, channels, bits },
      { sampleRate: 24_000, channels: 1, bits: 16 },
    );
    assert.ok(
      data.length > 24_000 && rms(data) > 0.01,
      `${data.length} bytes with a level of ${rms(data)}`,
    );
  });

  it("First conversation switches the light for a typed wish", async () => {
    await run("First conversation");
    await said("assistant", /sunny/);
    await nodeRed.inject("first-conversation-type-light");
    const { msg } = await called("set_light");
    assert.deepEqual(msg["payload"], { room: "kitchen", on: true });
    await nodeRed.waitForStatus("first-conversation-light", /^kitchen: on$/);
    await said("assistant", "The kitchen light is on.");
    assert.deepEqual(problems(), []);
  });

  it("First conversation stops speaking when interrupted", async () => {
    await run("First conversation");
    await said("assistant", /sunny/);
    const before = nodeRed.sent.length;
    await nodeRed.inject("first-conversation-type-story");
    const isSpeech = ({ id, port }: SentMessage) =>
      id === "first-conversation-speech" && port === 0;
    await nodeRed.waitForSent("the story to begin", isSpeech, before);
    await nodeRed.inject("first-conversation-stop");
    const { msg } = await nodeRed.waitForSent(
      "the interruption",
      ({ type }) => type === "voice-live-interrupt",
    );
    assert.equal((msg["payload"] as { by: string }).by, "flow");
    await nodeRed.waitForSent(
      "the flush",
      ({ id, port, msg: { payload } }) =>
        id === "first-conversation-speech" && port === 1 && payload === "flush",
    );
    assert.deepEqual(problems(), []);
  });

  it("Recorded conversation writes what was heard and said", async () => {
    await run("Recorded conversation");
    await nodeRed.waitForStatus("recorded-conversation-recorder", /./);
    await nodeRed.inject("recorded-conversation-record");
    await nodeRed.waitForStatus("recorded-conversation-recorder", /1/);
    await nodeRed.inject("recorded-conversation-say");
    await said("assistant", "Hello, nice to hear you.");
    await nodeRed.inject("recorded-conversation-stop");
    const recordings = path.join(nodeRed.userDir, "voice-live-recordings");
    const read = (ending: string): Buffer => {
      const name = readdirSync(recordings).find((each) =>
        each.endsWith(ending),
      );
      return readFileSync(path.join(recordings, String(name)));
    };
    const level = (): number =>
      rms(pickChannel(parseWav(read(".wav")).data, 2, 1));
    // Words and sound are still on their way to the disk.
    while (!String(read(".vtt")).includes("<v Assistant>Hello, nice"))
      await new Promise((resolve) => setImmediate(resolve));
    while (level() < 0.005)
      await new Promise((resolve) => setImmediate(resolve));
    const { data, channels } = parseWav(read(".wav"));
    assert.equal(channels, 2);
    assert.equal(rms(pickChannel(data, 2, 0)), 0);
    assert.match(String(read(".json")), /"text":"Hello, nice to hear you."/);
  });

  it("Smallest agent answers a typed greeting in speech", async () => {
    await run("Smallest agent");
    await nodeRed.inject("smallest-agent-say");
    await said("assistant", "Hello, nice to hear you.");
    const { data } = await writtenReply();
    assert.ok(rms(data) > 0.01);
  });

  it("Push to talk answers when the button is released", async () => {
    await run("Push to talk");
    await nodeRed.waitForStatus("push-to-talk-audio-in", /./);
    await nodeRed.inject("push-to-talk-hold");
    await nodeRed.inject("push-to-talk-release");
    await said("user", "Turn on the kitchen light.");
    await said("assistant", "The kitchen light is on.");
    assert.deepEqual(problems(), []);
  });

  it("Announcements says a text exactly so, and writes it for a telephone", async () => {
    await run("Announcements");
    for (const [button, text] of [
      ["dinner", "Dinner is ready."],
      ["door", "There is somebody at the front door."],
    ] as const) {
      await nodeRed.inject(`announcements-${button}`);
      await said("assistant", text);
    }
    await nodeRed.waitFor("two converted announcements", () =>
      sentBy("announcements-convert").length === 2 ? true : undefined,
    );
    assert.deepEqual(problems(), []);
    const { encoding, sampleRate, data } = await writtenReply();
    assert.deepEqual(
      { encoding, sampleRate },
      { encoding: "mu-law", sampleRate: 8_000 },
    );
    assert.ok(data.length > 8_000, `${data.length} bytes`);
  });

  it("Confirm before it acts switches when allowed, and says why not when refused", async () => {
    await run("Confirm before it acts");
    for (const [answer, reply] of [
      ["refuse", "Sorry, that did not work."],
      ["allow", "The garage light is on."],
    ] as const) {
      const from = nodeRed.sent.length;
      await nodeRed.inject("confirm-ask");
      await nodeRed.waitForSent(
        "the question",
        ({ id }) => id === "confirm-keep",
        from,
      );
      await nodeRed.inject(`confirm-${answer}`);
      await said("assistant", reply);
    }
    assert.equal(sentBy("confirm-light").length, 1);
    assert.deepEqual(problems(), []);
  });

  it("Late result talks while it waits, and speaks a result that nobody waits for", async () => {
    await run("Late result");
    await nodeRed.inject("late-result-quick");
    await said("assistant", "One moment, please.");
    await said("assistant", "It is sunny in Lisbon, with 21 degrees.");
    await nodeRed.inject("late-result-slow");
    await said("assistant", "Sorry, that did not work.");
    await said("assistant", "By the way, the result has come: done.");
    assert.deepEqual(
      problems().map((error) => (error as { code: string }).code),
      ["VOICE_LIVE_CALL_TIMEOUT"],
    );
    assert.equal(sentBy("late-result-light").length, 1);
  });

  it("Watch a conversation counts turns, tokens and interruptions", async () => {
    await run("Watch a conversation");
    await nodeRed.inject("watch-hello");
    await nodeRed.waitForStatus("watch-times", /^1 turns, /);
    await nodeRed.waitForStatus(
      "watch-tokens",
      /^[1-9]\d* tokens, [1-9]\d* today$/,
    );
    const heard = (what: string, from = 0): Promise<SentMessage> =>
      nodeRed.waitForSent(
        `the ${what} of the speech`,
        ({ id, msg }) => id === "watch-speech" && msg["payload"] === what,
        from,
      );
    await heard("end");
    const from = nodeRed.sent.length;
    await nodeRed.inject("watch-story");
    await heard("start", from);
    await nodeRed.inject("watch-stop");
    await nodeRed.waitForStatus("watch-interruptions", /^1 interruptions$/);
    assert.deepEqual(problems(), []);
  });

  it("Kiosk with images welcomes, sees, and forgets", async () => {
    await run("Kiosk with images");
    await nodeRed.inject("kiosk-visitor");
    await said("assistant", "Welcome! Show me something.");
    await nodeRed.inject("kiosk-show");
    await said("assistant", "I see a small red square.");
    await nodeRed.inject("kiosk-forget");
    assert.deepEqual(problems(), []);
  });

  it("Assistant in a subflow answers as one node, and looks up by a link call", async () => {
    await run("Assistant in a subflow");
    for (const [button, answer] of [
      ["weather", "It is sunny in Lisbon, with 21 degrees."],
      ["hello", "Hello, nice to hear you."],
    ] as const) {
      await nodeRed.inject(`assistant-subflow-${button}`);
      await nodeRed.waitForSent(
        "the subflow's answer",
        ({ type, msg }) =>
          type === "voice-live-transcript" && msg["payload"] === answer,
      );
    }
    assert.deepEqual(problems(), []);
  });

  it("Talk page answers who has it open, and shows what it did", async () => {
    await run("Talk page");
    const page = new TestPage(
      `${nodeRed.url.replace("http", "ws")}talk/socket`,
    );
    await page.enter();
    page.say({ type: "text", text: "What is the weather in Lisbon?" });
    const { name, id } = await page.message("call");
    assert.equal(name, "get_weather");
    const result = await page.message("call-result");
    assert.deepEqual(
      { id: result.id, output: JSON.parse(result.output) as unknown },
      { id, output: { temperature: 21, sky: "sunny" } },
    );
    const { text } = await page.message(
      "transcript",
      ({ who, final }) => who === "assistant" && final,
    );
    assert.equal(text, "It is sunny in Lisbon, with 21 degrees.");
    assert.ok(soundOf(page).length > 24_000);
    page.close();
    await nodeRed.waitForSent(
      "word that the page is gone",
      ({ id: node, msg }) =>
        node === "talk-page-page" && msg["topic"] === "close",
    );
    assert.deepEqual(problems(), []);
  });

  it("Many devices gives each device its own answer", async () => {
    await run("Many devices");
    const address = `${nodeRed.url.replace("http", "ws")}voice`;
    const devices = await Promise.all([
      Device.connect(address),
      Device.connect(address),
    ]);
    for (const device of devices) await device.isSilent();
    // Audio that comes before a session is ready waits in a queue of 2 s, too short for a question sent at once.
    await nodeRed.waitForStatus("many-devices-audio-in", /\b2\b/);
    const questions = ["question-hello.wav", "question-story.wav"];
    await Promise.all(
      devices.map((device, index) =>
        device.speak(path.join(packageRoot, "recordings", questions[index]!)),
      ),
    );
    const greeting = await conversationOf("Hello, how are you today?");
    const story = await conversationOf("Tell me something long.");
    assert.notEqual(greeting, story);
    await Promise.all(devices.map((device) => device.hears("end")));
    assert.deepEqual(
      devices.map((device) => device.heard()),
      [spokenIn(greeting), spokenIn(story)],
    );
    for (const device of devices) device.close();
    await nodeRed.waitFor("both devices to leave", () =>
      leftDevices() === 2 ? true : undefined,
    );
    assert.deepEqual(problems(), []);
  });

  async function conversationOf(question: string): Promise<unknown> {
    const { msg } = await said("user", question);
    return (msg["voice"] as { conversation: string }).conversation;
  }

  /** Audio that left audio out for one conversation, as hex. */
  function spokenIn(conversation: unknown): string {
    const chunks = nodeRed.sent.filter(
      ({ type, port, msg }) =>
        type === "voice-live-audio-out" &&
        port === 0 &&
        (msg["voice"] as { conversation: string }).conversation ===
          conversation,
    );
    return Buffer.concat(
      chunks.map(({ msg }) => msg["payload"] as Buffer),
    ).toString("hex");
  }

  function leftDevices(): number {
    return nodeRed.sent.filter(({ id }) => id === "many-devices-who-left")
      .length;
  }
});
