import assert from "node:assert/strict";
import { useNodeRed, type NodeConfig } from "../../support/flow";

/** One property of each node that cannot be read, and what is said of it. */
const UNREADABLE: readonly (readonly [string, object, RegExp])[] = [
  ["audio-in", { chunkMs: "short" }, /«chunkMs» .*"short".* 10 to 1000/],
  ["audio-in", { format: "mp3" }, /«format» .*"mp3".*auto, raw, wav/],
  ["audio-in", { format: "raw", rate: 7 }, /«rate» .* 7\..* 4000 to 192000/],
  ["audio-in", { atEnd: "sing" }, /«atEnd» .*nothing, commit, respond/],
  ["audio-out", { mode: "loud" }, /«mode» .*paced, received, reply/],
  ["audio-out", { leadMs: -1 }, /«leadMs» .* 0 to 5000/],
  ["audio-out", { as: "mp3" }, /«as» .*buffer, base64, data-url/],
  ["audio-out", { channels: "stereo" }, /«channels» .*"stereo".* 0 to 2/],
  ["convert", { fromFormat: "raw", fromRate: "8k" }, /«fromRate» .*"8k"/],
  ["convert", { rate: "8k" }, /«rate» of the convert node is "8k"/],
  ["convert", { each: "day" }, /«each» .*piece, whole/],
  ["transcript", { who: "nobody" }, /«who» .*both, user, assistant/],
  ["transcript", { partial: "perhaps" }, /«partial» .*true or false/],
  ["function", { timeoutMs: "soon" }, /«timeoutMs» .*"soon"/],
  ["function", { late: "never" }, /«late» .*report, speak/],
  ["function-result", { respond: 1 }, /«respond» .*true or false/],
  ["message", { role: "tool" }, /«role» .*user/],
  ["message", { exact: "${EXACT}" }, /«exact» .* variable EXACT, which is not/],
  ["played", { unit: "miles" }, /«unit» .*ms, samples, bytes/],
  ["event", { raw: "sometimes" }, /«raw» .*true or false/],
  ["speaker", { latencyMs: 1 }, /«latencyMs» of the speaker node is 1/],
  ["transcript", { version: "new" }, /«version» .*"new"/],
];

describe("registerNode", () => {
  const nodeRed = useNodeRed();

  for (const [kind, properties, says] of UNREADABLE)
    it(`refuses by name what a ${kind} node cannot read: ${JSON.stringify(properties)}`, async () => {
      const node = nodeOf(kind, properties);
      const flow = await nodeRed.deploy({ nodes: [node] });
      const caught = await flow.until("Catch to be told", () => flow.caught[0]);
      assert.match(caught["error"].message, says);
      assert.equal(caught["error"].source.id, "node");
      assert.match(flow.look("node"), /^red ring fault\.VOICE_LIVE_/);
      const { message } = await flow.refuse("node", { payload: "anything" });
      assert.match(message, says);
    });

  for (const [what, flow, says] of [
    [
      "session",
      { session: { idleMinutes: "long" } },
      /«idleMinutes» of the session node is "long"/,
    ],
    [
      "session",
      { session: { greeting: { mode: "loud" } } },
      /«greeting\.mode» is "loud".*none, generated, exact/,
    ],
    [
      "resource",
      { resource: { connectsPerMinute: "many" } },
      /«connectsPerMinute» of the resource node is "many"/,
    ],
  ] as const)
    it(`has the nodes of a session tell what its ${what} cannot read: ${says.source}`, async () => {
      const running = await nodeRed.deploy({
        nodes: [nodeOf("transcript"), nodeOf("message", { id: "text" })],
        ...flow,
      });
      const { error } = await running.fault("VOICE_LIVE_CONFIGURATION");
      assert.match(error.message, says);
      await running.refuse("text", { payload: "Hello" });
    });

  for (const [what, configs, session, says] of [
    ["is not there", [], "gone", /no session: there is no node gone\./],
    [
      "is disabled",
      [
        {
          id: "off",
          type: "voice-live-session",
          name: "Kitchen",
          d: true,
        },
      ],
      "off",
      /no session: «Kitchen» is disabled\./,
    ],
    ["is another node", [], "resource", /«resource» is a voice-live-resource/],
    ["was never chosen", [], "", /This node has no session\./],
  ] as const)
    it(`says which session ${what}`, async () => {
      const flow = await nodeRed.deploy({
        configs,
        nodes: [nodeOf("message", { session })],
      });
      const fault = await flow.refuse("node", { payload: "Hello" });
      assert.equal(fault.code, "VOICE_LIVE_NO_SESSION");
      assert.match(fault.message, says);
    });

  it("says which resource of a session is not there", async () => {
    const flow = await nodeRed.deploy({
      session: { resource: "gone" },
      nodes: [nodeOf("message")],
    });
    const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
    assert.match(
      error.message,
      /The session has no resource: there is no node gone\./,
    );
  });

  it("takes what the first flow files held: a time as text, and no word on what came later", async () => {
    const simulator = await nodeRed.simulator();
    const flow = await nodeRed.deploy({
      simulator,
      nodes: [
        nodeOf("function", { id: "light", timeoutMs: "1", parameters: {} }),
        nodeOf("message", { id: "text" }),
      ],
    });
    await flow.accept("text", { payload: "Turn on the kitchen light." });
    const { error } = await flow.fault("VOICE_LIVE_CALL_TIMEOUT");
    assert.match(error.message, /no result within 0\.001 s|within 1 ms/);
  });

  it("warns of a node that a newer release has saved, and works", async () => {
    const flow = await nodeRed.deploy({
      nodes: [
        nodeOf("message", { version: 7 }),
        nodeOf("transcript", { id: "transcript", version: 1 }),
      ],
    });
    assert.deepEqual(flow.warnings("transcript"), []);
    const [warning = ""] = flow.warnings("node");
    assert.match(
      warning,
      /newer release: its version is 7, and 1 is the newest/,
    );
    await flow.accept("node", { payload: "Hello." });
    await flow.message("transcript");
  });
});

function nodeOf(kind: string, properties: object = {}): NodeConfig {
  const named = kind === "function" ? { functionName: "set_light" } : {};
  return { id: "node", type: `voice-live-${kind}`, ...named, ...properties };
}
