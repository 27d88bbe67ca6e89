import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Clock } from "@sinonjs/fake-timers";
import { WebSocket } from "ws";
import {
  type Moment,
  type MomentStep,
  parseScript,
  type Simulator,
  startSimulator,
} from "../../lib/simulator";
import { until } from "../client/loopback";
import { fakeTime, pass } from "../flows/fake-time";
import { connect } from "./peer";

const GOOD = "/voice-live/realtime?api-version=2026-07-15&model=gpt-realtime";

describe("A script that fails at a moment", () => {
  let simulator: Simulator;
  let clock: Clock;
  let met: Moment[];
  beforeEach(() => (clock = fakeTime()));
  afterEach(async () => {
    clock.uninstall();
    await simulator.close();
  });

  async function fail(
    moment: Moment,
    steps: readonly MomentStep[],
    nth = 1,
  ): Promise<void> {
    const script = parseScript([{ when: { moment, nth }, do: steps }]);
    met = [];
    simulator = await startSimulator({
      script,
      speed: Infinity,
      atMoment: (each) => void met.push(each),
    });
  }

  const open = (): WebSocket =>
    new WebSocket(simulator.url + GOOD, { headers: { "api-key": "any" } });

  async function refusal(socket: WebSocket): Promise<IncomingMessage> {
    const [request, response] = await once(socket, "unexpected-response");
    request.destroy();
    return response;
  }

  it("refuses the handshake with a status and the time of the next try, once", async () => {
    await fail("handshake", [{ refuse: 429, retryAfter: 7 }]);
    const response = await refusal(open());
    assert.equal(response.statusCode, 429);
    assert.equal(response.headers["retry-after"], "7");
    await (await connect(simulator)).close();
  });

  it("cuts the handshake without an answer", async () => {
    await fail("handshake", [{ drop: true }]);
    const [error] = await once(open(), "error");
    assert.equal(error.message, "socket hang up");
  });

  it("lets the handshake wait", async () => {
    await fail("handshake", [{ stall: 1_000 }]);
    let isOpen = false;
    const socket = open();
    socket.once("open", () => (isOpen = true));
    await until(() => met.length > 0);
    await pass(clock, 999);
    assert.equal(isOpen, false);
    await pass(clock, 1);
    await until(() => isOpen);
    socket.terminate();
  });

  it("closes at once although a handshake waits", async () => {
    let isWaiting = false;
    simulator = await startSimulator({
      atMoment: () => {
        isWaiting = true;
        return [{ stall: 60_000 }];
      },
    });
    const failed = once(open(), "error");
    await until(() => isWaiting);
    await simulator.close();
    await failed;
  });

  it("closes with a code in place of the event", async () => {
    await fail("session.updated", [{ close: 1011 }]);
    const peer = await connect(simulator);
    peer.send({ type: "session.update", session: { instructions: "x" } });
    const [code] = await once(peer.socket, "close");
    assert.equal(code, 1011);
    assert.deepEqual(peer.typesFrom(0), ["session.created"]);
  });

  it("cuts the connection at the n-th time, counted over all sessions", async () => {
    await fail("session.created", [{ drop: true }], 2);
    const first = await connect(simulator);
    const [code] = await once(open(), "close");
    assert.equal(code, 1006);
    await (await connect(simulator)).close();
    await first.close();
  });

  it("stalls the event and what comes after it, in their order, and goes on with the next step", async () => {
    await fail("response.audio.delta", [
      { stall: 1_000 },
      { fail: { code: "overloaded" } },
      { stall: 1_000 },
    ]);
    const peer = await connect(simulator);
    peer.type("Hello");
    peer.send({ type: "response.create" });
    await peer.until("response.created");
    await pass(clock, 999);
    assert.equal(peer.typesFrom(0).includes("error"), false);
    await pass(clock, 1);
    const { error } = await peer.until("error");
    assert.equal(error.code, "overloaded");
    const from = peer.events.length;
    await pass(clock, 999);
    assert.deepEqual(peer.typesFrom(from), []);
    await pass(clock, 1);
    await peer.until("response.done");
    const types = peer.typesFrom(from);
    assert.equal(types[0], "response.audio.delta");
    assert.equal(types.at(-1), "response.done");
    await peer.close();
  });

  it("says nothing more after the connection was lost in a stall", async () => {
    await fail("response.created", [{ stall: 1_000 }]);
    const peer = await connect(simulator);
    const [session] = simulator.sessions;
    assert.ok(session);
    const told: string[] = [];
    session.on("server", ({ type }) => told.push(type));
    peer.send({ type: "response.create" });
    await once(session, "client");
    const closed = once(session, "close");
    peer.socket.terminate();
    await closed;
    await pass(clock, 2_000);
    assert.deepEqual(told, []);
  });

  it("leaves the answers to the assistant when it says nothing else", async () => {
    await fail("response.done", [{ drop: true }], 2);
    const peer = await connect(simulator);
    peer.type("Hello");
    peer.send({ type: "response.create" });
    const { response } = await peer.until("response.done");
    assert.equal(
      response.output[0].content[0].transcript,
      "Hello, nice to hear you.",
    );
    await peer.close();
  });

  it("is asked after the code that started the simulator", async () => {
    const asked: string[] = [];
    simulator = await startSimulator({
      script: [{ when: { moment: "handshake" }, do: [{ refuse: 503 }] }],
      atMoment: (moment, session) => {
        asked.push(`${moment} ${session === undefined}`);
        return [];
      },
    });
    await (await connect(simulator)).close();
    assert.deepEqual(asked, ["handshake true", "session.created false"]);
  });
});

describe("The rules of moments", () => {
  for (const [when, step, fault] of [
    [
      { moment: "lunch" },
      { drop: true },
      "`when.moment` must be handshake or the type of a server event, such as session.updated",
    ],
    [
      { moment: "handshake", nth: 0 },
      { drop: true },
      "`when.nth` must be a whole number from 1",
    ],
    [
      { moment: "handshake", turn: 1 },
      { drop: true },
      "`when.turn` is unknown, expected one of moment, nth",
    ],
    [
      { moment: "handshake" },
      { close: 1000 },
      "`do[0]` must have exactly one of stall, drop, refuse at the moment handshake",
    ],
    [
      { moment: "response.done" },
      { refuse: 503 },
      "`do[0]` must have exactly one of stall, drop, fail, close at the moment response.done",
    ],
    [
      { moment: "response.done" },
      { say: "no" },
      "`do[0]` must have exactly one of stall, drop, fail, close at the moment response.done",
    ],
    [
      { moment: "response.done" },
      { close: 1006 },
      "`do[0].close` must be a close code: 1000 to 1014 except 1004 to 1006, or 3000 to 4999",
    ],
    [
      { moment: "response.done" },
      { drop: true, stall: 1 },
      "`do[0]` must have exactly one of stall, drop, fail, close at the moment response.done",
    ],
    [
      { moment: "response.done" },
      { drop: true, retryAfter: 1 },
      "`do[0].retryAfter` is unknown, expected only beside `refuse`",
    ],
    [
      { moment: "handshake" },
      { refuse: 200 },
      "`do[0].refuse` must be an HTTP status from 300 to 599",
    ],
    [
      { moment: "handshake" },
      { refuse: 503, retryAfter: -1 },
      "`do[0].retryAfter` must be seconds",
    ],
    [{ moment: "handshake" }, 5, "`do[0]` must be an object"],
  ] as const) {
    it(`refuse ${JSON.stringify(step)} at ${JSON.stringify(when)} and say why`, () => {
      assert.throws(
        () =>
          parseScript([
            { when: {}, do: [] },
            { when, do: [step] },
          ]),
        new TypeError(`Script rule 2: ${fault}`),
      );
    });
  }

  it("refuse a rule that does nothing", () => {
    assert.throws(
      () => parseScript([{ when: { moment: "handshake" }, do: [] }]),
      new TypeError("Script rule 1: `do` must have a step"),
    );
  });
});
