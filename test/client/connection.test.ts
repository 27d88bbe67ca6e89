import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { Connection } from "../../lib/client/connection";
import {
  isPausing,
  type ConnectionState,
} from "../../lib/client/connection-machine";
import type { VoiceLiveError } from "../../lib/client/errors";
import { DEFAULT_RENEWAL } from "../../lib/client/renewal";
import { HandshakeBudget } from "../../lib/client/handshake-budget";
import { stopClock, type StoppedClock } from "./clock";
import {
  LoopbackServer,
  nextTurn,
  refuse,
  until,
  type Answer,
} from "./loopback";

const MINUTE_MS = 60_000;
const SESSION = { id: "sess_1" };

/** A service that accepts, confirms the settings, and then says what the test wants. */
class Service {
  readonly #acceptor = new WebSocketServer({ noServer: true });
  /** The newest socket; undefined before the first. */
  peer: WebSocket | undefined;
  confirms = true;

  readonly accept: Answer = (request: IncomingMessage, socket: Duplex) =>
    this.#acceptor.handleUpgrade(request, socket, Buffer.alloc(0), (peer) => {
      this.peer = peer;
      peer.on("message", () => {
        if (this.confirms)
          this.say({ type: "session.updated", session: SESSION });
      });
    });

  say(event: Readonly<Record<string, unknown>>): void {
    this.peer?.send(JSON.stringify({ event_id: "event_1", ...event }));
  }

  fail(code: string | null, type = "invalid_request_error"): void {
    this.say({ type: "error", error: { type, code, message: "because" } });
  }
}

describe("Connection", () => {
  let clock: StoppedClock;
  let server: LoopbackServer;
  let service: Service;
  let connection: Connection;
  let answer: Answer;
  let budget: HandshakeBudget;
  let isActive: boolean;
  let faults: VoiceLiveError[];
  let states: ConnectionState["name"][];
  let events: string[];

  beforeEach(async () => {
    clock = stopClock();
    service = new Service();
    answer = service.accept;
    [faults, states, events] = [[], [], []];
    isActive = false;
    budget = new HandshakeBudget(1_000);
    server = new LoopbackServer((request, socket) => answer(request, socket));
    const host = await server.listen();
    connection = new Connection({
      access: {
        apiVersion: "2026-07-15",
        get budget() {
          return budget;
        },
        locate: () =>
          Promise.resolve({ endpoint: new URL(`ws://${host}/`), headers: {} }),
      },
      target: () => ({ target: "model", model: "m" }),
      renewal: DEFAULT_RENEWAL,
      remembered: () => Promise.resolve(),
      missing: () => [],
      isPause: () => false,
      settings: () => ({}),
      isActive: () => isActive,
      // The longest wait that jitter can make of a backoff.
      random: () => 1,
      listeners: {
        stateChanged: ({ name }) => states.push(name),
        ready: () => undefined,
        renewed: () => undefined,
        changing: () => undefined,
        updated: () => undefined,
        lost: () => undefined,
        event: ({ type }) => events.push(type),
        fault: (fault) => faults.push(fault),
        missing: () => undefined,
        drained: () => undefined,
      },
    });
  });

  afterEach(async () => {
    connection.disconnect();
    service.peer?.terminate();
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    clock.uninstall();
    await server.close();
  });

  const codes = () => faults.map(({ code }) => code.replace("VOICE_LIVE_", ""));
  const reason = () =>
    isPausing(connection.state) ? connection.state.fault.code : undefined;
  const attempts = () => server.requests.length;
  const inState = (name: ConnectionState["name"]) =>
    until(() => connection.state.name === name);
  async function settle(): Promise<void> {
    connection.connect();
    await inState("ready");
    clock.tick(5_000);
  }
  /** No handshake before `ms` are over, one then. */
  async function retriesAfter(ms: number): Promise<void> {
    const before = attempts();
    clock.tick(ms - 1);
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    assert.equal(attempts(), before, `a handshake before ${ms} ms`);
    clock.tick(1);
    await until(() => attempts() === before + 1);
  }

  for (const status of [401, 403, 404]) {
    it(`tries once a minute after ${status}, and says why once`, async () => {
      answer = refuse(status);
      connection.connect();
      await inState("stopped");
      for (let round = 0; round < 3; round += 1) {
        await retriesAfter(MINUTE_MS);
        await inState("stopped");
      }
      assert.equal(faults.length, 1);
      assert.equal(faults[0]?.service?.status, status);
      answer = service.accept;
      await retriesAfter(MINUTE_MS);
      await inState("ready");
    });
  }

  it("tries at once when the flow asks, and says again why it fails", async () => {
    answer = refuse(401);
    connection.connect();
    await inState("stopped");
    connection.connect();
    await until(() => attempts() === 2);
    await inState("stopped");
    assert.deepEqual(codes(), ["UNAUTHORIZED", "UNAUTHORIZED"]);
    answer = service.accept;
    connection.connect();
    await inState("ready");
  });

  it("retries a lost session within 250 ms, then ever later up to 30 s, without end", async () => {
    await settle();
    answer = (_request, socket) => socket.destroy();
    service.peer?.terminate();
    for (const ms of [250, 1_000, 2_000, 4_000, 8_000, 16_000]) {
      await inState("waiting");
      await retriesAfter(ms);
    }
    for (let round = 0; round < 50; round += 1) {
      await inState("waiting");
      await retriesAfter(30_000);
    }
    assert.deepEqual(codes(), ["NETWORK"]);
    await inState("waiting");
    answer = service.accept;
    await retriesAfter(30_000);
    await inState("ready");
  });

  it("counts from the start again only after five seconds of a session", async () => {
    await settle();
    service.peer?.terminate();
    await inState("waiting");
    await retriesAfter(250);
    await inState("ready");
    clock.tick(4_999);
    service.peer?.terminate();
    await inState("waiting");
    await retriesAfter(1_000);
    await inState("ready");
    clock.tick(5_000);
    service.peer?.terminate();
    await inState("waiting");
    await retriesAfter(250);
    // Between the first two no session settled, so the second was no news.
    assert.deepEqual(codes(), ["NETWORK", "NETWORK"]);
  });

  it("names three short sessions, tries once a minute, and does not repeat itself", async () => {
    connection.connect();
    for (const ms of [250, 1_000]) {
      await inState("ready");
      service.peer?.close(1011, "no memory");
      await inState("waiting");
      await retriesAfter(ms);
    }
    for (let round = 0; round < 3; round += 1) {
      await inState("ready");
      service.peer?.close(1011, "no memory");
      await inState("stopped");
      await retriesAfter(MINUTE_MS);
    }
    assert.deepEqual(codes(), ["UNAVAILABLE", "SHORT_SESSIONS"]);
    assert.match(
      faults[1]?.message ?? "",
      /Three sessions in a row ended at once \(the last: The service failed \(1011: no memory\)\)\. It is tried once a minute\./,
    );
  });

  it("takes a network that fails after three short sessions for what it is", async () => {
    connection.connect();
    for (const ms of [250, 1_000]) {
      await inState("ready");
      service.peer?.close(1000);
      await inState("waiting");
      await retriesAfter(ms);
    }
    await inState("ready");
    service.peer?.close(1000);
    await inState("stopped");
    answer = (_request, socket) => socket.destroy();
    await retriesAfter(MINUTE_MS);
    await inState("waiting");
    assert.deepEqual(codes(), ["CLOSED", "SHORT_SESSIONS", "NETWORK"]);
  });

  for (const [what, headers, askedMs] of [
    ["seconds", ["Retry-After: 20"], 20_000],
    [
      "a date",
      [
        "Date: Wed, 21 Oct 2026 07:28:00 GMT",
        "Retry-After: Wed, 21 Oct 2026 07:28:30 GMT",
      ],
      30_000,
    ],
    ["more than ten minutes", ["Retry-After: 86400"], 600_000],
  ] as const) {
    for (const status of [429, 503]) {
      it(`waits as ${status} asks in ${what}`, async () => {
        answer = refuse(status, "", [...headers, "Content-Length: 0"]);
        connection.connect();
        await inState("waiting");
        assert.equal(faults[0]?.retryAfterMs, askedMs);
        await retriesAfter(askedMs + 250);
        await inState("waiting");
        answer = service.accept;
        await retriesAfter(askedMs + 1_000);
        await inState("ready");
      });
    }
  }

  it("does not come back to a refusal sooner than it is asked to", async () => {
    answer = refuse(403, "", ["Retry-After: 90", "Content-Length: 0"]);
    connection.connect();
    await inState("stopped");
    await retriesAfter(90_000);
  });

  it("holds back the other conversations of the resource while the service asks to wait", async () => {
    answer = refuse(429, "", ["Retry-After: 20", "Content-Length: 0"]);
    connection.connect();
    await inState("waiting");
    let isOtherStarted = false;
    budget.request(() => (isOtherStarted = true));
    clock.tick(19_999);
    assert.equal(isOtherStarted, false);
    clock.tick(1);
    assert.equal(isOtherStarted, true);
  });

  it("reports what does not end the session and goes on", async () => {
    await settle();
    for (const code of [
      "rate_limit_exceeded",
      "invalid_value",
      "new_code",
      null,
    ])
      service.fail(code);
    service.fail(null, "new_type");
    await until(() => events.length === 6);
    clock.tick(10_000);
    assert.equal(connection.state.name, "ready");
    assert.deepEqual(faults, []);
  });

  it("takes the service's own word for the reason of a close", async () => {
    await settle();
    service.fail("session_expired");
    await until(() => events.includes("error"));
    assert.equal(connection.state.name, "ready");
    service.peer?.close(1001);
    await inState("waiting");
    assert.equal(reason(), "VOICE_LIVE_EXPIRED");
    // The conversation has reported it with the event.
    assert.deepEqual(codes(), []);
    await retriesAfter(250);
    await inState("ready");
  });

  it("ends a session that is over although the service does not close it", async () => {
    await settle();
    service.fail("session_expired");
    await until(() => events.includes("error"));
    clock.tick(4_999);
    assert.equal(states.at(-1), "ready");
    clock.tick(1);
    assert.equal(states.at(-1), "waiting");
    await retriesAfter(250);
    await inState("ready");
    clock.tick(10_000);
    assert.equal(connection.state.name, "ready");
  });

  for (const [code, type, state, fault] of [
    ["invalid_value", "invalid_request_error", "stopped", "SETTINGS"],
    [null, "invalid_request_error", "stopped", "SETTINGS"],
    ["model_not_found", "invalid_request_error", "stopped", "NOT_FOUND"],
    ["invalid_api_key", "invalid_request_error", "stopped", "UNAUTHORIZED"],
    ["insufficient_quota", "insufficient_quota", "stopped", "BUSY"],
    ["rate_limit_exceeded", "invalid_request_error", "waiting", "BUSY"],
    ["session_expired", "invalid_request_error", "waiting", "EXPIRED"],
    [null, "server_error", "waiting", "UNAVAILABLE"],
  ] as const) {
    it(`is ${state} after ${code ?? type} in answer to the settings`, async () => {
      service.confirms = false;
      connection.connect();
      await inState("configuring");
      service.fail(code, type);
      await inState(state);
      assert.deepEqual(codes(), [fault]);
      assert.deepEqual(events, []);
    });
  }

  it("goes on waiting for its settings after an error that it does not know", async () => {
    service.confirms = false;
    connection.connect();
    await inState("configuring");
    service.fail("new_code", "new_type");
    service.fail("response_cancel_not_active");
    await until(() => events.length === 2);
    service.say({ type: "session.updated", session: SESSION });
    await inState("ready");
  });

  it("does not take settings that are never confirmed for a short session", async () => {
    service.confirms = false;
    connection.connect();
    for (const ms of [250, 1_000, 2_000, 4_000]) {
      await inState("configuring");
      clock.tick(30_000);
      await inState("waiting");
      await retriesAfter(ms);
    }
    assert.deepEqual(codes(), ["TIMEOUT"]);
  });

  it("goes before others while somebody waits, unless it has failed three times", async () => {
    answer = refuse(503);
    isActive = true;
    for (const goesFirst of [true, true, true, false]) {
      budget = new HandshakeBudget(1);
      let isOtherStarted = false;
      budget.request(() => undefined);
      budget.request(() => (isOtherStarted = true));
      if (attempts() === 0) connection.connect();
      clock.tick(30_000);
      assert.equal(budget.waiting, 2);
      clock.tick(31_000);
      assert.equal(budget.waiting, 1);
      assert.equal(isOtherStarted, !goesFirst);
      if (goesFirst) await inState("waiting");
    }
  });
});
