import assert from "node:assert/strict";
import { useNodeRed, type TestFlow } from "../support/flow";

const TOKEN = "Bearer Canary.Token.of.the.Docs";
const DOCS = { type: "mcp", server_label: "docs", server_url: "https://a/mcp" };
const NODES = [
  { id: "control", type: "voice-live-control" },
  { id: "event", type: "voice-live-event", kinds: ["ready"], raw: true },
];

describe("authorization of MCP servers", () => {
  const nodeRed = useNodeRed();

  async function deploy(
    sessionCredentials: object,
    session: object = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator({ script: "echo" });
    return nodeRed.deploy({
      simulator,
      nodes: NODES,
      configCredentials: { session: sessionCredentials },
      session: {
        settings: { tools: [DOCS] },
        authorizedServers: ["docs"],
        ...session,
      },
    });
  }

  async function toldTools(flow: TestFlow, updatesSent = 1): Promise<unknown> {
    const updates = await flow.received("session.update", updatesSent);
    return updates.at(-1)?.session.tools;
  }

  const stored = (map: object) => ({ mcpAuthorization: JSON.stringify(map) });
  const changed = (map: object) => ({ mcpChanges: JSON.stringify(map) });

  it("goes to the service with the tool of its label, and nowhere else", async () => {
    const flow = await deploy(stored({ docs: TOKEN, other: "Bearer Other" }));
    await flow.looks("control", "green dot ready");
    assert.deepEqual(await toldTools(flow), [
      { ...DOCS, authorization: TOKEN },
    ]);
    const shown = JSON.stringify([flow.sent, flow.statuses, flow.logs]);
    assert.ok(flow.from("event").length > 2, "raw events are shown");
    assert.doesNotMatch(shown, /Canary\.Token/);
  });

  it("goes along when a message brings other tools", async () => {
    const flow = await deploy(stored({ docs: TOKEN }));
    await flow.looks("control", "green dot ready");
    const tools = [{ ...DOCS, allowed_tools: ["search"] }];
    await flow.accept("control", { action: "update", payload: { tools } });
    assert.deepEqual(await toldTools(flow, 2), [
      { ...tools[0], authorization: TOKEN },
    ]);
  });

  it("is what the dialog changed, over what was stored", async () => {
    const flow = await deploy({
      ...stored({ old: TOKEN, gone: "Bearer Gone" }),
      ...changed({ docs: { from: "old" }, old: null, gone: null }),
    });
    await flow.looks("control", "green dot ready");
    assert.deepEqual(await toldTools(flow), [
      { ...DOCS, authorization: TOKEN },
    ]);
  });

  it("is taken from an environment variable", async () => {
    process.env["DOCS_TOKEN"] = TOKEN;
    try {
      const flow = await deploy(stored({ docs: "${DOCS_TOKEN}" }));
      await flow.looks("control", "green dot ready");
      assert.deepEqual(await toldTools(flow), [
        { ...DOCS, authorization: TOKEN },
      ]);
    } finally {
      delete process.env["DOCS_TOKEN"];
    }
  });

  describe("is missed, and the session says which and what to do", () => {
    const cases: Readonly<Record<string, [object, string, RegExp]>> = {
      "when none is stored for a server that had one": [
        stored({ other: TOKEN }),
        "CREDENTIAL",
        /"docs" is missing.*Tools tab/,
      ],
      "when its variable is not set": [
        stored({ docs: "${NO_SUCH_TOKEN}" }),
        "ENVIRONMENT",
        /NO_SUCH_TOKEN, which is not set/,
      ],
      "when what is stored is no JSON": [
        { mcpAuthorization: TOKEN },
        "CONFIGURATION",
        /not a JSON object.*Tools tab/,
      ],
    };
    for (const [what, [credentials, code, says]] of Object.entries(cases)) {
      it(what, async () => {
        const flow = await deploy(credentials);
        const { error } = await flow.fault(`VOICE_LIVE_${code}`);
        assert.match(error.message, says);
        assert.doesNotMatch(String(error.message), /Canary/);
      });
    }
  });
});
