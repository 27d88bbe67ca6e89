import assert from "node:assert/strict";
import { type TestFlow, useNodeRed } from "../support/flow";

const PNG = Buffer.concat([
  Buffer.from("89504e470d0a1a0a", "hex"),
  Buffer.alloc(40),
]);
const IMAGE_URL = `data:image/png;base64,${PNG.toString("base64")}`;

describe("voice-live-message", () => {
  const nodeRed = useNodeRed();

  async function deploy(
    config: object = {},
    session: object = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator();
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
      "no payload": [{}, /holds no text but nothing/],
      null: [{ payload: null }, /holds no text but nothing/],
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
