import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { WebSocketServer } from "ws";
import { testHandshake } from "../../lib/client";
import { VoiceLiveError } from "../../lib/client/errors";
import { startSimulator, type Simulator } from "../../lib/simulator";

const MODEL = { target: "model", model: "gpt-realtime" } as const;
const NEVER = new AbortController().signal;

function accessTo(port: number, key = "right") {
  return {
    apiVersion: "2026-07-15",
    locate: () =>
      Promise.resolve({
        endpoint: new URL(`ws://127.0.0.1:${port}/voice-live/realtime`),
        headers: { "api-key": key },
      }),
  };
}

async function listening(
  server: Pick<Server, "address" | "once">,
): Promise<number> {
  await once(server as Server, "listening");
  return (server.address() as AddressInfo).port;
}

function codeOf(code: string) {
  return (thrown: unknown): boolean =>
    thrown instanceof VoiceLiveError &&
    thrown.code === code &&
    Boolean(thrown.nextStep);
}

describe("testHandshake", () => {
  describe("with the simulator", () => {
    let simulator: Simulator;
    let port: number;
    beforeEach(async () => {
      simulator = await startSimulator({ apiKey: "right" });
      port = Number(new URL(simulator.url).port);
    });
    afterEach(() => simulator.close());

    it("opens one session, sends nothing and closes it", async () => {
      const begun = once(simulator, "session");
      const result = await testHandshake(accessTo(port), MODEL, NEVER);
      assert.equal(result.lacksModel, false);
      assert.ok(Number.isInteger(result.ms) && result.ms >= 0);
      const [session] = (await begun) as [{ received: readonly object[] }];
      assert.deepEqual(session.received, []);
    });

    it("names a key that is refused", async () => {
      await assert.rejects(
        testHandshake(accessTo(port, "wrong"), MODEL, NEVER),
        codeOf("VOICE_LIVE_UNAUTHORIZED"),
      );
    });

    it("names an address that nobody listens at", async () => {
      await simulator.close();
      await assert.rejects(
        testHandshake(accessTo(port), MODEL, NEVER),
        codeOf("VOICE_LIVE_NETWORK"),
      );
    });
  });

  /** A service whose first word is this error. */
  async function firstWord(error: object): Promise<[WebSocketServer, number]> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    server.on("connection", (socket) =>
      socket.send(JSON.stringify({ type: "error", error })),
    );
    return [server, await listening(server as never)];
  }

  for (const [what, error, verdict] of [
    [
      "a model that it does not have",
      { type: "invalid_request_error", code: "model_not_found", message: "no" },
      "lacksModel",
    ],
    [
      "another reason",
      { type: "invalid_request_error", code: "invalid_api_key", message: "no" },
      "rejects",
    ],
  ] as const) {
    it(`${verdict} when the service lets us in and names ${what}`, async () => {
      const [server, port] = await firstWord(error);
      const running = testHandshake(accessTo(port), MODEL, NEVER);
      if (verdict === "rejects") await assert.rejects(running, VoiceLiveError);
      else assert.equal((await running).lacksModel, true);
      server.close();
    });
  }

  for (const [body, lacksModel] of [
    ['{"error":{"code":"DeploymentNotFound","message":"no"}}', true],
    ['{"error":{"code":"404","message":"no"}}', false],
  ] as const) {
    it(`${lacksModel ? "knows" : "does not claim"} that the key is right from the refusal ${body}`, async () => {
      const server = createServer((socket) =>
        socket.end(
          `HTTP/1.1 404 Not Found\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        ),
      ).listen(0, "127.0.0.1");
      const port = await listening(server);
      const running = testHandshake(accessTo(port), MODEL, NEVER);
      if (lacksModel) assert.equal((await running).lacksModel, true);
      else await assert.rejects(running, codeOf("VOICE_LIVE_NOT_FOUND"));
      server.close();
    });
  }

  it("ends with its signal, and leaves no socket", async () => {
    const over = new AbortController();
    const server = createServer().listen(0, "127.0.0.1");
    const port = await listening(server);
    const connection = once(server, "connection");
    const running = testHandshake(accessTo(port), MODEL, over.signal);
    const [socket] = (await connection) as [Socket];
    const closed = once(socket, "close");
    socket.resume();
    socket.on("error", () => undefined);
    over.abort();
    await assert.rejects(running, codeOf("VOICE_LIVE_TIMEOUT"));
    await closed;
    server.close();
  });

  it("ends with its signal while the credential is still looked for, and opens nothing", async () => {
    const over = new AbortController();
    const locate = (): Promise<never> => new Promise(() => undefined);
    const running = testHandshake(
      { apiVersion: "2026-07-15", locate },
      MODEL,
      over.signal,
    );
    over.abort();
    await assert.rejects(running, codeOf("VOICE_LIVE_TIMEOUT"));
  });
});
