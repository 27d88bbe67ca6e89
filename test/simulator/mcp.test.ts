import assert from "node:assert/strict";
import { type Simulator, startSimulator } from "../../lib/simulator";
import { connect, type Peer, type WireEvent } from "./peer";

const SERVER = {
  type: "mcp",
  server_label: "docs",
  server_url: "https://mcp.example/docs",
};
const OPEN_SERVER = { ...SERVER, require_approval: "never" };

describe("An MCP server of a session", () => {
  let simulator: Simulator;
  async function start(mcpFollowsUp = false): Promise<void> {
    simulator = await startSimulator({ speed: Infinity, mcpFollowsUp });
  }
  beforeEach(async () => start());
  afterEach(() => simulator.close());

  const withServer = (server: object): Promise<Peer> =>
    connect(simulator, { session: { tools: [server] } });

  async function ask(peer: Peer, text = "search for otters"): Promise<void> {
    peer.type(text);
    peer.send({ type: "response.create" });
  }

  /** The item of the request for approval that the response ends with. */
  async function requestOf(peer: Peer): Promise<WireEvent> {
    const { response } = await peer.until("response.done");
    const [call, request] = response.output;
    assert.deepEqual(
      [call.type, request.type],
      ["mcp_call", "mcp_approval_request"],
    );
    return request;
  }

  function decide(peer: Peer, requestId: string, approve: boolean): void {
    peer.send({
      type: "conversation.item.create",
      item: {
        type: "mcp_approval_response",
        approval_request_id: requestId,
        approve,
      },
    });
  }

  it("tells its tools after the settings, once", async () => {
    const peer = await withServer(SERVER);
    const { item } = await peer.until("conversation.item.created");
    assert.equal(item.server_label, "docs");
    assert.deepEqual(
      item.tools.map(({ name }: WireEvent) => name),
      ["search"],
    );
    for (const stage of ["in_progress", "completed"])
      assert.equal(
        (await peer.until(`mcp_list_tools.${stage}`)).item_id,
        item.id,
      );
    peer.send({
      type: "session.update",
      session: { instructions: "Be kind." },
    });
    await peer.until("session.updated");
    peer.send({ type: "input_audio_buffer.clear" });
    await peer.until("input_audio_buffer.cleared");
    assert.equal(
      peer.events.filter(({ type }) => type === "mcp_list_tools.completed")
        .length,
      1,
    );
  });

  it("offers the tools that the session allows", async () => {
    const peer = await withServer({ ...SERVER, allowed_tools: ["a", "b"] });
    const { item } = await peer.until("conversation.item.created");
    assert.deepEqual(
      item.tools.map(({ name }: WireEvent) => name),
      ["a", "b"],
    );
  });

  it("that cannot be reached fails to tell its tools", async () => {
    const peer = await withServer({
      ...SERVER,
      server_url: "https://docs.invalid/mcp",
    });
    await peer.until("mcp_list_tools.failed");
  });

  it("is called in the order of protocol.md §12 E when no approval is needed", async () => {
    const peer = await withServer(OPEN_SERVER);
    await peer.until("mcp_list_tools.completed");
    const from = peer.events.length;
    await ask(peer);
    const { response } = await peer.until("response.done");
    assert.deepEqual(peer.typesFrom(from), [
      "conversation.item.created",
      "response.created",
      "response.output_item.added",
      "conversation.item.created",
      "response.mcp_call_arguments.delta",
      "response.mcp_call_arguments.done",
      "response.mcp_call.in_progress",
      "response.mcp_call.completed",
      "response.output_item.done",
      "response.done",
    ]);
    const [call] = response.output;
    assert.deepEqual(
      [call.name, call.server_label, JSON.parse(call.arguments), call.error],
      ["search", "docs", { query: "otters" }, null],
    );
    assert.deepEqual(JSON.parse(call.output), {
      found: "one page about otters",
    });
  });

  it("waits for approval by default, and is called when it comes", async () => {
    const peer = await withServer(SERVER);
    await ask(peer);
    const request = await requestOf(peer);
    assert.deepEqual(
      [request.name, request.server_label, JSON.parse(request.arguments)],
      ["search", "docs", { query: "otters" }],
    );
    const from = peer.events.length;
    decide(peer, request.id, true);
    const { item } = await peer.until("response.output_item.done");
    assert.deepEqual(peer.typesFrom(from), [
      "conversation.item.created",
      "response.mcp_call.in_progress",
      "response.mcp_call.completed",
      "response.output_item.done",
    ]);
    assert.equal(item.approval_request_id, request.id);
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    assert.match(response.output[0].content[0].transcript, /otters/);
  });

  it("is not called when approval is denied", async () => {
    const peer = await withServer(SERVER);
    await ask(peer);
    decide(peer, (await requestOf(peer)).id, false);
    await peer.until("response.mcp_call.failed");
    const { item } = await peer.until("response.output_item.done");
    assert.equal(item.output, null);
    assert.match(item.error.message, /not approved/);
  });

  for (const [tool, asks] of [
    ["a", true],
    ["b", false],
    ["c", true],
  ] as const)
    it(`${asks ? "needs" : "needs no"} approval of ${tool} with one list of tools that do and one of those that do not`, async () => {
      await simulator.close();
      simulator = await startSimulator({
        speed: Infinity,
        script: [{ when: {}, do: [{ mcp: tool }] }],
      });
      const peer = await withServer({
        ...SERVER,
        require_approval: { always: ["a"], never: ["b"] },
      });
      await ask(peer);
      const { response } = await peer.until("response.done");
      assert.equal(response.output.length, asks ? 2 : 1);
    });

  it("has its result answered without being asked, where the service does so", async () => {
    await simulator.close();
    await start(true);
    const peer = await withServer(SERVER);
    await ask(peer);
    decide(peer, (await requestOf(peer)).id, true);
    const { response } = await peer.until("response.done");
    assert.match(response.output[0].content[0].transcript, /otters/);
    assert.equal(
      simulator.sessions[0]?.received.filter(
        ({ type }) => type === "response.create",
      ).length,
      1,
    );
  });

  it("reports a call that fails", async () => {
    await simulator.close();
    simulator = await startSimulator({
      speed: Infinity,
      script: [{ when: {}, do: [{ mcp: "search", error: "No such page." }] }],
    });
    const peer = await withServer(OPEN_SERVER);
    await ask(peer);
    await peer.until("response.mcp_call.failed");
    const { item } = await peer.until("response.output_item.done");
    assert.equal(item.error.message, "No such page.");
  });

  it("takes one word on each request and none on a request that it does not know", async () => {
    const peer = await withServer(SERVER);
    await ask(peer);
    const { id } = await requestOf(peer);
    decide(peer, id, true);
    await peer.until("response.output_item.done");
    for (const requestId of [id, "item_unknown"]) {
      decide(peer, requestId, true);
      const { error } = await peer.until("error");
      assert.equal(error.param, "item.approval_request_id");
    }
  });
});
