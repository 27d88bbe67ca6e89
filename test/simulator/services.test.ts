import assert from "node:assert/strict";
import { once } from "node:events";
import { WebSocket } from "ws";
import { type Simulator, startSimulator } from "../../lib/simulator";
import { Peer } from "./peer";

const BEARER = { authorization: "Bearer k" };
const KEY = { "api-key": "k" };
const PREVIEW = "/openai/realtime?api-version=2025-04-01-preview";

describe("The services that the simulator plays", () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  async function refusal(
    path: string,
    headers: Record<string, string>,
  ): Promise<number> {
    const socket = new WebSocket(simulator.url + path, { headers });
    return new Promise((resolve) => {
      socket.on("open", () => {
        socket.terminate();
        resolve(101);
      });
      socket.on("unexpected-response", (request, response) => {
        request.destroy();
        resolve(response.statusCode ?? 0);
      });
      // The refused socket tells of its end, too.
      socket.on("error", () => undefined);
    });
  }

  for (const [path, headers, service, dialect] of [
    [
      "/voice-live/realtime?api-version=2026-07-15&model=m",
      KEY,
      "voice-live",
      "dated",
    ],
    ["/voice-live/realtime?api-version=v1&model=m", KEY, "voice-live", "v1"],
    ["/v1/realtime?model=m", BEARER, "openai", "openai"],
    [
      "/v1/realtime?model=m",
      { ...BEARER, "OpenAI-Beta": "realtime=v1" },
      "openai",
      "openai-beta",
    ],
    [
      "/v1/realtime?model=m",
      { "sec-websocket-protocol": "realtime, openai-insecure-api-key.k" },
      "openai",
      "openai",
    ],
    ["/openai/v1/realtime?model=m", KEY, "azure-openai", "openai"],
    [`${PREVIEW}&deployment=m`, BEARER, "azure-openai", "openai-beta"],
  ] as const) {
    it(`include ${service} in ${dialect} at ${path} with ${Object.keys(headers).join()}`, async () => {
      simulator = await startSimulator();
      const peer = new Peer(simulator.url + path, headers);
      // The other end of a sub-protocol is not ours to check.
      peer.socket.on("error", () => undefined);
      const [session] = await once(simulator, "session");
      assert.deepEqual(
        [
          session.request.service,
          session.request.dialect,
          session.request.model,
        ],
        [service, dialect, "m"],
      );
      assert.doesNotMatch(JSON.stringify(session.request), /Bearer|insecure/);
      peer.socket.terminate();
    });
  }

  for (const [what, path, headers, status] of [
    ["no model", "/v1/realtime", BEARER, 400],
    ["no key", "/v1/realtime?model=m", {}, 401],
    ["no deployment", `${PREVIEW}&model=m`, KEY, 400],
    ["no version of a preview", "/openai/realtime?deployment=m", KEY, 400],
    [
      "a version of another service",
      "/openai/realtime?api-version=2026-07-15&deployment=m",
      KEY,
      400,
    ],
    ["an unknown path", "/v1/responses?model=m", BEARER, 404],
  ] as const) {
    it(`refuse ${what} with ${status}`, async () => {
      simulator = await startSimulator();
      assert.equal(await refusal(path, headers), status);
    });
  }

  it("let a wrong key in as OpenAI does, say so, and close", async () => {
    simulator = await startSimulator({ apiKey: "right" });
    const peer = new Peer(`${simulator.url}/v1/realtime?model=m`, BEARER);
    const closed = once(peer.socket, "close");
    const { error } = await peer.until("error");
    assert.deepEqual(
      [error.type, error.code],
      ["invalid_request_error", "invalid_api_key"],
    );
    const [code, reason] = await closed;
    assert.deepEqual(
      [code, String(reason)],
      [3000, "invalid_request_error.invalid_api_key"],
    );
    assert.equal(simulator.sessions.length, 0);
    const path = "/openai/v1/realtime?model=m";
    assert.equal(await refusal(path, KEY), 401);
    assert.equal(await refusal(path, { "api-key": "right" }), 101);
  });

  it("write flat events without Azure's members in OpenAI's beta", async () => {
    simulator = await startSimulator({ speed: 50 });
    const peer = new Peer(`${simulator.url}${PREVIEW}&deployment=m`, KEY);
    const { session } = await peer.until("session.created");
    assert.equal(session.voice, "alloy");
    assert.equal(session.input_audio_format, "pcm16");
    assert.equal(session.temperature, 0.8);
    assert.equal(
      "avatar" in session || "audio" in session || "agent" in session,
      false,
    );
    peer.type("Hello!");
    const { item } = await peer.until("conversation.item.created");
    assert.equal(item.role, "user");
    peer.send({
      type: "response.create",
      response: { max_response_output_tokens: 900 },
    });
    const { response } = await peer.until("response.done");
    assert.equal(response.max_output_tokens, 900);
    assert.equal(response.output[0].content[0].type, "audio");
    assert.ok(peer.events.some(({ type }) => type === "response.audio.delta"));
    const refused = await peer.refusal({
      type: "session.update",
      session: { input_audio_echo_cancellation: {} },
    });
    assert.deepEqual(
      [refused.code, refused.param],
      ["unknown_parameter", "session.input_audio_echo_cancellation"],
    );
    await peer.close();
  });

  it("write nested events with Azure's members in v1, and name faults there as the client does", async () => {
    simulator = await startSimulator({ speed: 50 });
    const peer = new Peer(
      `${simulator.url}/voice-live/realtime?api-version=v1&model=gpt-realtime`,
      KEY,
    );
    const { session } = await peer.until("session.created");
    assert.equal(session.type, "realtime");
    assert.equal(session.audio.input.format, "pcm16");
    assert.deepEqual(session.audio.output.voice, {
      type: "openai",
      name: "alloy",
    });
    assert.equal(session.avatar, null);
    peer.type("Hello!");
    assert.equal(
      (await peer.until("conversation.item.created")).item.role,
      "user",
    );
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    assert.equal(response.output[0].content[0].type, "output_audio");
    assert.equal(
      "reasoning_tokens" in response.usage.output_token_details,
      false,
    );
    assert.ok(
      peer.events.some(({ type }) => type === "response.output_audio.delta"),
    );
    const refused = await peer.refusal({
      type: "session.update",
      session: {
        audio: {
          input: { turn_detection: { type: "server_vad", threshold: 7 } },
        },
      },
    });
    assert.equal(refused.param, "session.audio.input.turn_detection.threshold");
    assert.match(
      refused.message,
      /'session\.audio\.input\.turn_detection\.threshold'/,
    );
    await peer.close();
  });
});
