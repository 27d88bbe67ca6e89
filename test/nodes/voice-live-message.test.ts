import assert from "node:assert/strict";
import type { Simulator } from "../../lib/simulator";
import { type TestFlow, useNodeRed } from "../support/flow";

const PNG = Buffer.concat([
  Buffer.from("89504e470d0a1a0a", "hex"),
  Buffer.alloc(40),
]);
const IMAGE_URL = `data:image/png;base64,${PNG.toString("base64")}`;

describe("voice-live-message", () => {
  const nodeRed = useNodeRed();
  let service: Simulator | undefined;

  async function deploy(
    config: object = {},
    session: object = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator();
    service = simulator;
    return nodeRed.deploy({
      simulator,
      session,
      nodes: [
        { id: "text", type: "voice-live-message", ...config },
        { id: "transcript", type: "voice-live-transcript", who: "assistant" },
        { id: "event", type: "voice-live-event", raw: true },
      ],
    });
  }

  /** Types that the service has received besides the settings. */
  async function told(flow: TestFlow): Promise<readonly string[]> {
    return (await flow.service()).received
      .map(({ type }) => type)
      .filter((type) => type !== "session.update");
  }

  describe("sends", () => {
    const text = { type: "input_text", text: "Good morning." };
    const image = { type: "input_image", image_url: IMAGE_URL };
    const cases: Readonly<
      Record<string, readonly [payload: unknown, content: readonly object[]]>
    > = {
      "a text": ["Good morning.", [text]],
      "an object with a text": [{ text: "Good morning." }, [text]],
      "a number": [42, [{ type: "input_text", text: "42" }]],
      "a picture as a Buffer": [{ image: PNG }, [image]],
      "a picture as a data URL": [
        { image: IMAGE_URL, detail: "low" },
        [{ ...image, detail: "low" }],
      ],
      "a list of both": [
        ["Good morning.", { text: "Good morning." }, { image: PNG }],
        [text, text, image],
      ],
    };
    for (const [what, [payload, content]] of Object.entries(cases)) {
      it(`${what} as the user's words and asks for one response`, async () => {
        const flow = await deploy();
        await flow.accept("text", { payload });
        const [{ item }] = await flow.received("conversation.item.create");
        await flow.message(
          "event",
          "the end of the turn",
          ({ topic }) => topic === "turn",
        );
        assert.deepEqual(
          { ...item, id: "" },
          { type: "message", id: "", role: "user", content },
        );
        assert.deepEqual(await told(flow), [
          "conversation.item.create",
          "response.create",
        ]);
      });
    }
  });

  it("sends a note of the system without a response, when the message says so", async () => {
    const flow = await deploy();
    await flow.accept("text", {
      payload: "The door is open.",
      role: "system",
      respond: false,
    });
    const [{ item }] = await flow.received("conversation.item.create");
    assert.deepEqual(
      [item.role, item.content],
      ["system", [{ type: "input_text", text: "The door is open." }]],
    );
    await flow.message(
      "event",
      "the confirmation",
      ({ payload }) => payload.type === "conversation.item.created",
    );
    assert.deepEqual(await told(flow), ["conversation.item.create"]);
  });

  it("has role and response of its own setting, where the message says nothing", async () => {
    const flow = await deploy({ role: "assistant", respond: false });
    await flow.accept("text", { payload: "I said this before." });
    const [{ item }] = await flow.received("conversation.item.create");
    assert.deepEqual(
      [item.role, item.content],
      ["assistant", [{ type: "text", text: "I said this before." }]],
    );
    await flow.message(
      "event",
      "the confirmation",
      ({ payload }) => payload.type === "conversation.item.created",
    );
    assert.deepEqual(await told(flow), ["conversation.item.create"]);
  });

  it("asks for a response to several messages that came without", async () => {
    const flow = await deploy({ respond: false });
    await flow.accept("text", { payload: "One." });
    await flow.accept("text", { payload: "Two." });
    await flow.accept("text", { payload: "Three.", respond: true });
    await flow.message(
      "event",
      "the end of the turn",
      ({ topic }) => topic === "turn",
    );
    assert.deepEqual(await told(flow), [
      ...Array<string>(3).fill("conversation.item.create"),
      "response.create",
    ]);
  });

  for (const [how, config, msg] of [
    ["the message", {}, { exact: true }],
    ["the node", { exact: true }, {}],
  ] as const) {
    it(`has the assistant say exactly this, when ${how} says so`, async () => {
      const flow = await deploy(config);
      await flow.accept("text", { payload: "Your table is booked.", ...msg });
      assert.equal(
        (await flow.message("transcript", "the words")).payload,
        "Your table is booked.",
      );
      assert.deepEqual(await told(flow), ["response.create"]);
    });
  }

  it("says how this answer is to be given", async () => {
    const flow = await deploy({ respond: false });
    const response = {
      instructions: "In one word.",
      modalities: ["text"],
      temperature: 0.9,
      metadata: { purpose: "test" },
    };
    await flow.accept("text", { payload: "Hello.", response });
    const said = await flow.message("transcript", "the answer");
    assert.deepEqual(said.voice.metadata, { purpose: "test" });
    assert.equal("outOfBand" in said.voice, false);
    const [created] = await flow.received("response.create");
    assert.deepEqual(created.response, response);
    assert.equal((await flow.received("conversation.item.create")).length, 1);
  });

  it("says how exact words are to be said", async () => {
    const flow = await deploy({ exact: true });
    const response = { voice: { type: "openai", name: "verse" } };
    await flow.accept("text", { payload: "It is closed.", response });
    await flow.message("transcript", "the words");
    const [created] = await flow.received("response.create");
    assert.equal(created.response.voice.name, "verse");
    assert.equal(
      created.response.pre_generated_assistant_message.content[0].text,
      "It is closed.",
    );
  });

  it("sends what looks like a variable as it is", async () => {
    const flow = await deploy({ respond: false });
    await flow.accept("text", { payload: "${HOME}" });
    const [{ item }] = await flow.received("conversation.item.create");
    assert.equal(item.content[0].text, "${HOME}");
  });

  it("sends the address of a picture", async () => {
    const flow = await deploy({ respond: false });
    const image = "https://pictures.example/cat.png";
    await flow.accept("text", { payload: { image } });
    const [{ item }] = await flow.received("conversation.item.create");
    assert.equal(item.content[0].image_url, image);
  });

  it("calls the address of a picture as the version of the service does", async () => {
    const simulator = await nodeRed.simulator();
    const flow = await nodeRed.deploy({
      simulator,
      resource: { apiVersion: "2026-04-10" },
      nodes: [{ id: "text", type: "voice-live-message" }],
    });
    const image = "https://pictures.example/cat.png";
    await flow.accept("text", { payload: { image } });
    const [{ item }] = await flow.received("conversation.item.create");
    assert.deepEqual(item.content, [{ type: "input_image", url: image }]);
    // The simulator refuses the other name.
    await flow.received("response.create");
    assert.deepEqual(flow.caught, []);
  });

  describe("passes on a text that comes in pieces", () => {
    const piece = (payload: unknown, more: object = {}): object => ({
      payload,
      stream: true,
      ...more,
    });

    it("as it comes, and asks for the answer after the last", async () => {
      const flow = await deploy();
      await flow.accept("text", piece("Good "));
      const [{ item }] = await flow.received("conversation.item.create");
      assert.deepEqual(item.content, [{ type: "input_text", text: "" }]);
      await flow.received("input_text.delta");
      await flow.accept("text", piece(" morn"));
      await flow.accept("text", piece("ing.", { complete: true }));
      await flow.message("transcript", "an answer");
      const deltas = await flow.received("input_text.delta", 3);
      assert.deepEqual(
        deltas.map(({ id, delta }) => [id, delta]),
        [
          [item.id, "Good "],
          [item.id, " morn"],
          [item.id, "ing."],
        ],
      );
      assert.deepEqual((await told(flow)).slice(-2), [
        "input_text.done",
        "response.create",
      ]);
    });

    it("with the answer as the last piece says, or none", async () => {
      const flow = await deploy();
      const response = { modalities: ["text"] };
      await flow.accept("text", piece("Hello."));
      await flow.accept("text", piece("", { complete: true, response }));
      await flow.message("transcript", "an answer");
      const [created] = await flow.received("response.create");
      assert.deepEqual(created.response, response);
      await flow.accept("text", piece("Again."));
      await flow.accept("text", piece("", { complete: true, respond: false }));
      await flow.received("input_text.done", 2);
      assert.equal((await flow.received("response.create")).length, 1);
    });

    it("also when several come at once", async () => {
      const flow = await deploy({ respond: false });
      await flow.accept("text", piece("A", { stream: "a" }));
      await flow.accept("text", piece("B", { stream: "b" }));
      await flow.accept("text", piece("a", { stream: "a", complete: true }));
      await flow.accept("text", piece("b", { stream: "b", complete: true }));
      await flow.received("input_text.done", 2);
      assert.deepEqual(
        (await flow.service()).items.map(({ heard }) => heard),
        ["Aa", "Bb"],
      );
    });

    it("and remembers the whole of it in the next session", async () => {
      const flow = await deploy({ respond: false });
      await flow.accept("text", piece("Good "));
      await flow.received("input_text.delta");
      await flow.accept("text", piece("day.", { complete: true }));
      await flow.received("input_text.done");
      const lost = await flow.service();
      lost.drop();
      await flow.message(
        "event",
        "the loss",
        ({ topic }) => topic === "closed",
      );
      const next = await flow.until("the next session", () =>
        service?.sessions.find((each) => each !== lost),
      );
      await flow.until("the text", () =>
        next.items.some(({ heard }) => heard === "Good day."),
      );
    });

    it("and begins again in the next session what the last one had a part of", async () => {
      const flow = await deploy();
      await flow.accept("text", piece("Good "));
      await flow.received("input_text.delta");
      const lost = await flow.service();
      lost.drop();
      await flow.message(
        "event",
        "the loss",
        ({ topic }) => topic === "closed",
      );
      await flow.accept("text", piece("day.", { complete: true }));
      await flow.message("transcript", "an answer");
      const next = await flow.service();
      assert.notEqual(next, lost);
      assert.ok(next.items.some(({ heard }) => heard === "Good day."));
    });
  });

  it("keeps messages that come before the session is ready", async () => {
    const flow = await deploy();
    await Promise.all(
      ["One.", "Two.", "Three."].map((payload) =>
        flow.accept("text", { payload }),
      ),
    );
    const items = await flow.received("conversation.item.create", 3);
    assert.deepEqual(
      items.map(({ item }) => item.content[0].text),
      ["One.", "Two.", "Three."],
    );
  });

  describe("refuses", () => {
    const cases: Readonly<
      Record<string, readonly [msg: object, says: RegExp]>
    > = {
      "an empty text": [{ payload: "  " }, /text is empty.*Send some words/],
      "an object with an empty text": [
        { payload: { text: "" } },
        /text is empty/,
      ],
      "an empty list": [{ payload: [] }, /list is empty.*at least one/],
      "a Buffer": [{ payload: Buffer.alloc(100) }, /is a Buffer.*audio in/],
      "an object without a text": [
        { payload: { words: "Hello." } },
        /object without a text.*Send a text/,
      ],
      "no payload": [{}, /holds no text\. Send a text/],
      null: [{ payload: null }, /holds no text\. Send a text/],
      "a picture of an unknown type": [
        { payload: { image: Buffer.from("no picture") } },
        /unknown type.*PNG/,
      ],
      "a picture that is no data URL": [
        { payload: { image: "cat.png" } },
        /neither a Buffer nor a data URL.*file/,
      ],
      "a picture of the system": [
        { payload: { image: PNG }, role: "system" },
        /cannot come from the system.*role user/,
      ],
      "an unknown role": [
        { payload: "Hello.", role: "developer" },
        /msg\.role is "developer".*user, system, assistant/,
      ],
      "a role that is no text": [
        { payload: "Hello.", role: {} },
        /msg\.role is \{\}/,
      ],
      "settings of a response that are none": [
        { payload: "Hello.", response: "briefly" },
        /msg\.response is "briefly".*an object/,
      ],
      "settings of a response that is not wanted": [
        { payload: "Hello.", response: { temperature: 1 }, respond: false },
        /msg\.respond says not to/,
      ],
      "a wish for an answer that is neither yes nor no": [
        { payload: "Hello.", respond: "no" },
        /msg\.respond is "no".*true or false/,
      ],
      "a wish for exact words that is a number": [
        { payload: "Hello.", exact: 0 },
        /msg\.exact is 0.*true or false/,
      ],
      "settings of a response that are no JSON": [
        { payload: "Hello.", response: { temperature: NaN } },
        /temperature.*JSON can hold/,
      ],
      "a name of a stream that is none": [
        { payload: "Hello.", stream: {} },
        /msg\.stream is \{\}/,
      ],
      "a piece that is no text": [
        { payload: { image: PNG }, stream: true },
        /piece.*no text/,
      ],
      "exact words that are none": [
        { payload: { image: PNG }, exact: true },
        /object without a text/,
      ],
    };
    for (const [what, [msg, says]] of Object.entries(cases)) {
      it(`${what} and goes on`, async () => {
        const flow = await deploy();
        await flow.looks("text", "green dot ready");
        const error = await flow.refuse("text", msg);
        assert.equal(error.code, "VOICE_LIVE_PAYLOAD");
        assert.match(error.message, says);
        await flow.accept("text", { payload: "Hello." });
        await flow.message("transcript", "an answer");
        await flow.looks("text", "green dot ready");
      });
    }
  });

  it("refuses messages for a conversation that nobody has connected", async () => {
    const flow = await deploy({}, { connect: "command" });
    const error = await flow.refuse("text", { payload: "Hello." });
    assert.equal(error.code, "VOICE_LIVE_NOT_CONNECTED");
    assert.match(error.message, /not connected.*control node/);
  });

  it("reports what the service refuses, and goes on", async () => {
    const simulator = await nodeRed.simulator({
      script: [
        {
          when: { turn: 1 },
          do: [{ fail: { code: "content_filter", message: "Not that." } }],
        },
        { when: {}, do: [{ say: "Yes." }] },
      ],
    });
    const flow = await nodeRed.deploy({
      simulator,
      nodes: [
        { id: "text", type: "voice-live-message" },
        { id: "transcript", type: "voice-live-transcript", who: "assistant" },
      ],
    });
    await flow.accept("text", { payload: "Not this." });
    const { error, voice } = await flow.fault("VOICE_LIVE_RESPONSE");
    assert.match(
      error.message,
      /content filter stopped the reply \(content_filter: Not that\.\)\..*goes on/,
    );
    assert.equal(voice.conversation, "default");
    await flow.accept("text", { payload: "Hello." });
    assert.equal(
      (await flow.message("transcript", "an answer")).payload,
      "Yes.",
    );
  });

  it("refuses everything without a session", async () => {
    const flow = await nodeRed.deploy({
      nodes: [{ id: "text", type: "voice-live-message", session: "gone" }],
    });
    assert.equal(flow.look("text"), "red ring noSession");
    assert.equal(
      (await flow.refuse("text", { payload: "Hello." })).code,
      "VOICE_LIVE_NO_SESSION",
    );
  });
});
