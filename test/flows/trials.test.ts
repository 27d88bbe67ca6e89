import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { parseWav } from "../../lib/audio";
import {
  startSimulator,
  type SimulatedSession,
  type Simulator,
} from "../../lib/simulator";
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

  describe("of a session", () => {
    const TRY = "voice-live-session/session/try";

    function shown(settings: object = {}): object {
      return {
        resource: "resource",
        target: "model",
        model: "gpt-realtime",
        settings,
        greeting: { mode: "exact", text: "Good morning to you." },
      };
    }

    it("speak the greeting, end the session, and find all settings in effect", async () => {
      const settings = { instructions: "Be brief.", temperature: 0.7 };
      const over = new Promise<SimulatedSession>((resolve) => {
        simulator.once("session", (session) =>
          session.once("close", () => resolve(session)),
        );
      });
      const answer = await ask(TRY, shown(settings));
      assert.deepEqual(
        [answer.ok, answer.text, answer.difference, answer.problem],
        [true, "Good morning to you.", [], undefined],
      );
      const wav = parseWav(Buffer.from(answer.audio, "base64"));
      assert.deepEqual([wav.sampleRate, wav.channels], [24_000, 1]);
      assert.ok(wav.dataLength / 48_000 > 0.3, "there is speech");
      const { settings: applied } = await over;
      assert.equal(applied.instructions, "Be brief.");
    });

    it("say hello where there is no greeting", async () => {
      const { text } = await ask(TRY, { ...shown(), greeting: {} });
      assert.equal(text, "Hello");
    });

    it("tell what is not in effect, with both values", async () => {
      simulator.once("session", (session) => {
        const send = session.send.bind(session);
        session.send = (event) =>
          send(
            event.type === "session.updated"
              ? {
                  ...event,
                  session: {
                    ...(event as { session: object }).session,
                    temperature: 1,
                  },
                }
              : event,
          );
      });
      const { ok, difference } = await ask(TRY, shown({ temperature: 0.5 }));
      assert.equal(ok, true);
      assert.deepEqual(difference, [
        { setting: "temperature", asked: 0.5, applied: 1 },
      ]);
    });

    it("leave tools out, with what is stored for them", async () => {
      const begun = once(simulator, "session");
      const tools = [
        { type: "mcp", server_label: "a", server_url: "https://example.com" },
      ];
      assert.equal((await ask(TRY, shown({ tools }))).ok, true);
      const [session] = await begun;
      const [update] = session.received as Loose[];
      assert.equal(update.type, "session.update");
      assert.equal("tools" in update.session, false);
    });

    for (const [what, changes, code, says] of [
      [
        "a resource that is not deployed",
        { resource: "" },
        "CONFIGURATION",
        /no resource\. Choose/,
      ],
      ["no model", { model: "" }, "CONFIGURATION", /model is empty\. Fill/],
      [
        "a variable",
        { settings: { instructions: "${HOME}" } },
        "ENVIRONMENT",
        /HOME is read only by deployed nodes\. Deploy/,
      ],
      [
        "a setting that the service refuses",
        { settings: { temperature: 9 } },
        "SETTINGS",
        /temperature/,
      ],
    ] as const) {
      it(`refuse ${what}, and say what to do`, async () => {
        const answer = await ask(TRY, { ...shown(), ...changes });
        assert.deepEqual(
          [answer.ok, answer.code],
          [false, `VOICE_LIVE_${code}`],
        );
        assert.match(answer.message, says);
      });
    }
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
