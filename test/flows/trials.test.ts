import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { startSimulator, type Simulator } from "../../lib/simulator";
import { startNodeRed, type NodeRed } from "../support/node-red";

/** Any member, any depth: tests look at what came, the assertions check it. */
type Loose = ReturnType<typeof JSON.parse>;

const KEY = "Canary.Key.of.the.Trials";
const LIMIT_MS = 60_000;

describe("trials of the dialogs", function () {
  this.timeout(LIMIT_MS);
  let nodeRed: NodeRed;
  let simulator: Simulator;

  before(async () => {
    simulator = await startSimulator({ apiKey: KEY, speed: Infinity });
    nodeRed = await startNodeRed();
    await nodeRed.deploy([
      {
        id: "resource",
        type: "voice-live-resource",
        ...typed(),
        credentials: { apiKey: KEY },
      },
    ]);
  });
  after(async () => {
    await nodeRed.stop();
    await simulator.close();
  });

  /** Settings for the simulator as the dialog reads them. */
  function typed(): object {
    return {
      service: "azure",
      endpoint: simulator.url.replace("ws:", "http:"),
      apiVersion: "2026-07-15",
      auth: "key",
    };
  }

  async function ask(
    route: string,
    body: object,
    signal?: AbortSignal,
  ): Promise<Loose> {
    const response = await fetch(nodeRed.url + route, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.ok(!text.includes(KEY), "the key is in no answer");
    return JSON.parse(text);
  }

  afterEach(() => {
    assert.ok(!nodeRed.logs.some((line) => line.includes(KEY)));
  });

  const TEST = "voice-live-resource/resource/test";

  describe("of a resource", () => {
    it("test the deployed node with its own key", async () => {
      const { ok, ms, model } = await ask(TEST, {});
      assert.deepEqual([ok, model], [true, "gpt-realtime"]);
      assert.ok(ms >= 0);
    });

    it("test what is typed with the typed key", async () => {
      const answer = await ask("voice-live-resource/other/test", {
        config: typed(),
        credentials: { apiKey: KEY },
        model: "gpt-4.1",
      });
      assert.deepEqual([answer.ok, answer.model], [true, "gpt-4.1"]);
    });

    it("start and stop a simulator that is typed", async () => {
      const config = { service: "simulator", script: "echo" };
      const { ok } = await ask(TEST, { config });
      assert.equal(ok, true);
    });

    for (const [what, changes, credentials, code] of [
      ["a wrong key", {}, { apiKey: "wrong" }, "UNAUTHORIZED"],
      ["no key: the stored one stays", {}, {}, "CREDENTIAL"],
      ["this machine's identity", { auth: "default" }, {}, "CONFIGURATION"],
      ["a managed identity", { auth: "managed-identity" }, {}, "CONFIGURATION"],
      [
        "a variable",
        { endpoint: "https://${HOME}.example.com", customHost: true },
        { apiKey: KEY },
        "ENVIRONMENT",
      ],
      ["a variable for a key", {}, { apiKey: "${HOME}" }, "ENVIRONMENT"],
      [
        "a foreign host",
        { endpoint: "https://example.com" },
        { apiKey: KEY },
        "ENDPOINT",
      ],
      [
        "a metadata address",
        { endpoint: "https://169.254.169.254", customHost: true },
        { apiKey: KEY },
        "ENDPOINT",
      ],
    ] as const) {
      it(`refuse ${what}, with the next step`, async () => {
        const answer = await ask(TEST, {
          config: { ...typed(), ...changes },
          credentials,
        });
        assert.deepEqual(
          [answer.ok, answer.code],
          [false, `VOICE_LIVE_${code}`],
        );
        assert.match(answer.message, /\. \S/);
      });
    }

    it("say that a node is not deployed", async () => {
      const answer = await ask("voice-live-resource/unknown/test", {});
      assert.match(answer.message, /not deployed\. Deploy it/);
    });
  });

  it("take JSON only, which no other page can send", async () => {
    const response = await fetch(nodeRed.url + TEST, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: "{}",
    });
    assert.equal(response.status, 415);
    await response.arrayBuffer();
  });

  describe("at a host that says nothing", () => {
    let host: Server;
    const sockets: Socket[] = [];
    before(async () => {
      host = createServer((socket) => {
        sockets.push(socket.resume().on("error", () => undefined));
      }).listen(0, "127.0.0.1");
      await once(host, "listening");
    });
    after(() => host.close());

    it("run two at once, refuse the third, and end when the person goes", async () => {
      const { port } = host.address() as AddressInfo;
      const body = {
        config: { ...typed(), endpoint: `http://127.0.0.1:${port}` },
        credentials: { apiKey: KEY },
      };
      const leave = new AbortController();
      for (const _each of [1, 2]) {
        const connected = once(host, "connection");
        ask(TEST, body, leave.signal).catch(() => undefined);
        await connected;
      }
      const third = await ask(TEST, body);
      assert.equal(third.code, "VOICE_LIVE_LIMIT");
      assert.match(third.message, /running already\. Wait/);
      const closed = sockets.map((socket) => once(socket, "close"));
      leave.abort();
      await Promise.all(closed);
      assert.equal((await ask(TEST, {})).ok, true);
    });
  });
});
