import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { WebSocket } from "ws";
import {
  type Refusal,
  type Simulator,
  startSimulator,
} from "../../lib/simulator";
import { connect } from "./peer";

const PATH = "/voice-live/realtime";
const GOOD = `${PATH}?api-version=2026-07-15&model=gpt-realtime`;

/** What the server makes of an upgrade: 101, or the status and code of its refusal. */
async function upgrade(
  simulator: Simulator,
  path: string,
  headers: Record<string, string> = {},
): Promise<[number, string?]> {
  const socket = new WebSocket(simulator.url + path, { headers });
  return new Promise((resolve) => {
    socket.on("open", () => {
      socket.terminate();
      resolve([101]);
    });
    socket.on("unexpected-response", (_, response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () =>
        resolve([
          response.statusCode ?? 0,
          String(JSON.parse(body).error.code),
        ]),
      );
    });
  });
}

describe("Simulator", () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  for (const [name, path, headers, expected] of [
    ["a key in a header", GOOD, { "api-key": "k" }, 101],
    ["a key in the query", `${GOOD}&api-key=k`, {}, 101],
    ["a bearer in a header", GOOD, { authorization: "Bearer t" }, 101],
    ["a bearer in the query", `${GOOD}&Authorization=Bearer%20t`, {}, 101],
    [
      "an agent instead of a model",
      `${PATH}?api-version=v1&agent-name=a`,
      { "api-key": "k" },
      101,
    ],
    ["no credential", GOOD, {}, 401],
    ["an empty bearer", GOOD, { authorization: "Bearer " }, 401],
    ["an unknown path", "/openai/deployments?model=x", { "api-key": "k" }, 404],
    ["no api-version", `${PATH}?model=x`, { "api-key": "k" }, 400],
    [
      "an unknown api-version",
      `${PATH}?api-version=2020-01-01&model=x`,
      { "api-key": "k" },
      400,
    ],
    [
      "neither model nor agent",
      `${PATH}?api-version=v1`,
      { "api-key": "k" },
      400,
    ],
  ] as const) {
    it(`answers ${name} with ${expected}`, async () => {
      simulator = await startSimulator();
      assert.equal((await upgrade(simulator, path, headers))[0], expected);
    });
  }

  it("accepts only its own key when it has one, and tells of refusals", async () => {
    simulator = await startSimulator({ apiKey: "right" });
    const refusals: Refusal[] = [];
    simulator.on("refused", (refusal) => refusals.push(refusal));
    assert.equal(
      (await upgrade(simulator, GOOD, { "api-key": "right" }))[0],
      101,
    );
    assert.deepEqual(await upgrade(simulator, GOOD, { "api-key": "wrong" }), [
      401,
      "401",
    ]);
    assert.equal(
      (await upgrade(simulator, GOOD, { authorization: "Bearer right" }))[0],
      401,
    );
    assert.deepEqual(
      refusals.map(({ status }) => status),
      [401, 401],
    );
  });

  it("says on plain HTTP what it is", async () => {
    simulator = await startSimulator();
    const root = await fetch(simulator.httpUrl);
    assert.match(await root.text(), /^This is the Voice Live simulator .*\n$/);
    assert.equal((await fetch(`${simulator.httpUrl}${PATH}`)).status, 404);
  });

  it("greets with the whole session and says that it is a simulator", async () => {
    simulator = await startSimulator();
    const peer = await connect(simulator);
    const [created] = peer.events;
    assert.deepEqual(
      [created?.simulator, created?.server],
      [true, "voice-live-simulator"],
    );
    assert.equal(created?.session.id, simulator.sessions[0]?.id);
    assert.equal(created?.session.avatar, null);
  });

  it("takes events that were sent before the greeting arrived", async () => {
    simulator = await startSimulator();
    const socket = new WebSocket(simulator.url + GOOD, {
      headers: { "api-key": "k" },
    });
    const types: string[] = [];
    socket.on("open", () =>
      socket.send('{"type":"session.update","session":{"instructions":"x"}}'),
    );
    await new Promise<void>((resolve) => {
      socket.on("message", (data: Buffer) => {
        types.push(JSON.parse(data.toString()).type);
        if (types.length === 2) resolve();
      });
    });
    assert.deepEqual(types, ["session.created", "session.updated"]);
  });

  it("keeps credentials out of what it shows of a request", async () => {
    simulator = await startSimulator();
    await connect(simulator, { query: "&api-key=secret" });
    const { request } = simulator.sessions[0]!; // connect has waited for its greeting
    assert.deepEqual(
      [request.apiVersion, request.model],
      ["2026-07-15", "gpt-realtime"],
    );
    assert.doesNotMatch(JSON.stringify(request), /secret|"any"/);
  });

  it("answers close with the same code and forgets the session", async () => {
    simulator = await startSimulator();
    const peer = await connect(simulator);
    const ended = once(simulator.sessions[0]!, "close"); // connect has waited for its greeting
    peer.socket.close(1000);
    assert.deepEqual(
      await once(peer.socket, "close").then(([code]) => code),
      1000,
    );
    await ended;
    assert.equal(simulator.sessions.length, 0);
  });

  it("ends a session at its limit with session_expired and 1001", async () => {
    simulator = await startSimulator({ sessionLimitMs: 1 });
    const peer = await connect(simulator);
    const closed = once(peer.socket, "close");
    assert.equal((await peer.until("error")).error.code, "session_expired");
    assert.equal((await closed)[0], 1001);
  });

  for (const [step, code] of [
    [{ close: 1011, reason: "broken" }, 1011],
    [{ drop: true }, 1006],
  ] as const) {
    it(`closes with ${code} when an answer says so`, async () => {
      simulator = await startSimulator({ behaviours: [() => [step]] });
      const peer = await connect(simulator);
      const closed = once(peer.socket, "close");
      peer.send({ type: "response.create" });
      assert.equal((await closed)[0], code);
    });
  }

  it("closes although a client never answers and another never asks", async () => {
    simulator = await startSimulator({ behaviours: [() => [{ stall: 1e8 }]] });
    const peer = await connect(simulator);
    peer.send({ type: "response.create" });
    await peer.until("response.created");
    simulator.sessions[0]?.pause();
    const idle = connectSocket(simulator.port, "127.0.0.1");
    await once(idle, "connect");
    const ended = Promise.all([
      once(peer.socket, "close"),
      once(idle, "close"),
    ]);
    await Promise.all([simulator.close(), simulator.close()]);
    await ended;
    assert.equal(simulator.sessions.length, 0);
  });

  it("listens on loopback only", async () => {
    simulator = await startSimulator();
    await assert.rejects(startSimulator({ host: "0.0.0.0" }), /loopback/);
    await assert.rejects(startSimulator({ port: simulator.port }), {
      code: "EADDRINUSE",
    });
  });

  it("speaks the v1 dialect to clients that ask for it", async () => {
    simulator = await startSimulator({ speed: Infinity });
    const peer = await connect(simulator, {
      apiVersion: "v1",
      session: { type: "realtime", audio: { input: { turn_detection: null } } },
    });
    assert.equal(simulator.sessions[0]?.settings.turn_detection, null);
    assert.equal(peer.events[0]?.session.audio.output.format, "pcm16");
    peer.type("hello");
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    assert.equal(response.output[0].content[0].type, "output_audio");
    assert.ok(
      peer.events.some(({ type }) => type === "response.output_audio.delta"),
    );
    assert.ok(!peer.events.some(({ type }) => type === "response.audio.delta"));
  });
});
