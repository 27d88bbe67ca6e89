import assert from "node:assert/strict";
import { createSecureContext } from "node:tls";
import type { WebSocket } from "ws";
import {
  CAUSES,
  CHAPTERS,
  findCause,
  type Cause,
  type CauseId,
  type Place,
} from "../../lib/client/causes";
import { INITIAL, stepConnection } from "../../lib/client/connection-machine";
import {
  createCredential,
  type TokenSource,
} from "../../lib/client/credential";
import { diagnoseClose, diagnoseSocket } from "../../lib/client/diagnosis";
import { ERROR_CODES, VoiceLiveError } from "../../lib/client/errors";
import { PrivateAuthority } from "../support/certificates";
import type { WireEvent } from "../support/scripted-service";
import {
  endBy,
  endByBytes,
  endOf,
  endOverTls,
  endThroughProxy,
  endWith,
  toldInSession,
  toldWhileOpening,
  type Told,
} from "./cause-rig";
import { stopClock, type StoppedClock } from "./clock";
import { faultOfAsync } from "./faults";
import { fallSilent, LoopbackServer, refuse, type Answer } from "./loopback";

const ROWS = Object.entries<Cause>(CAUSES);

/** Words of the service, of which those in the table say nothing. */
const SAID = { type: "new_type", message: "because" } as const;

/** Something that this mark, and no other, fits: a `*` at the end stands for any rest. */
function exampleOf(mark: string, rest: string): string {
  return mark.endsWith("*") ? mark.slice(0, -1) + rest : mark;
}

/** Makes each mark of a place happen, as near to the real thing as loopback allows. */
const PRODUCE: Readonly<
  Record<
    Exclude<Place, "found" | "raised">,
    (mark: string) => Promise<VoiceLiveError | Told>
  >
> = {
  upgrade: (mark) => {
    const [status = "", code] = exampleOf(
      mark,
      mark === "*" ? "600" : "99",
    ).split(" ");
    const body = JSON.stringify({ error: { ...SAID, code } });
    return endWith(refuse(Number(status), body));
  },
  proxy: (mark) =>
    endThroughProxy(Number(exampleOf(mark, mark === "*" ? "600" : "99"))),
  // Most cannot be had on loopback; those that can follow below.
  socket: (mark) =>
    Promise.resolve(
      diagnoseSocket(
        Object.assign(new Error("x"), { code: exampleOf(mark, "NEW") }),
      ),
    ),
  close: (mark) =>
    endBy((peer) => {
      if (mark === "1006") peer.terminate();
      else if (mark === "1005") peer.close();
      else peer.close(Number(exampleOf(mark, "4321")), "because");
    }),
  // The clock stands still, so that the next try does not begin.
  opening: (mark) => toldWhileOpening(say(errorEvent(mark))),
  service: (mark) => toldInSession(errorEvent(mark)),
  reply: (mark) => {
    const [status = "", why] = exampleOf(mark, "paused").split(" ");
    const details = {
      reason: why ?? "new_reason",
      ...(status === "failed" && { error: { ...SAID, code: why } }),
    };
    const response = { id: "resp_1", output: [] };
    return toldInSession(
      {
        type: "response.created",
        response: { ...response, status: "in_progress" },
      },
      {
        type: "response.done",
        response: { ...response, status, status_details: details },
      },
    );
  },
  transcription: (mark) =>
    toldInSession({
      type: "conversation.item.input_audio_transcription.failed",
      item_id: "item_1",
      content_index: 0,
      error: { ...SAID, code: exampleOf(mark, "new_code") },
    }),
};

/** A code, or a type where the service gives no code. */
function errorEvent(mark: string): WireEvent {
  const isType = mark.endsWith("_error");
  const said = isType
    ? { type: mark, code: null }
    : { code: exampleOf(mark, "new_code") };
  return {
    type: "error",
    error: { ...SAID, ...said, param: null, event_id: null },
  };
}

function say(event: WireEvent): (peer: WebSocket) => void {
  return (peer) => peer.send(JSON.stringify({ event_id: "event_1", ...event }));
}

const wrongAccept: Answer = (_request, socket) =>
  socket.write(
    [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Accept: bm90IHlvdXIga2V5",
      "",
      "",
    ].join("\r\n"),
  );

/** What we find ourselves, by its id in the table. A new row of this place needs an entry. */
const FIND: Readonly<Record<string, () => Promise<VoiceLiveError | Told>>> = {
  "broken-upgrade": () => endWith(wrongAccept),
  "handshake-silent": () => endWith(() => clock.tick(15_000)),
  "settings-silent": () => toldWhileOpening(() => clock.tick(30_000)),
  "peer-dead": () => endWith(fallSilent, () => clock.tick(25_000)),
  "proxy-down": () => endThroughProxy("end"),
  "proxy-silent": () => endThroughProxy("silence", () => clock.tick(10_000)),
  unreadable: () => toldInSession({ type: 5 as unknown as string }),
  "short-sessions": () => {
    const fault = diagnoseClose(1000, "");
    const inputs = (["retryDue", "opened", "configured"] as const).map(
      (type) => ({ type }),
    );
    let { machine } = stepConnection(INITIAL, { type: "connect" });
    for (let session = 1; session <= 3; session += 1)
      for (const input of [...inputs, { type: "lost", fault } as const])
        machine = stepConnection(machine, input).machine;
    assert.ok(machine.state.name === "stopped");
    return Promise.resolve(machine.state.fault);
  },
  "token-refused": () => credentialFault(() => Promise.reject(new Error("x"))),
  "token-old": () =>
    credentialFault(() =>
      Promise.resolve({ token: "t", expiresOnTimestamp: Date.now() }),
    ),
};

function credentialFault(
  getToken: TokenSource["getToken"],
): Promise<VoiceLiveError> {
  const credential = createCredential({ auth: "default" }, () => ({
    getToken,
  }));
  return faultOfAsync("VOICE_LIVE_CREDENTIAL", credential.headers());
}

/** Warnings are told in words only. */
function checkTold(told: Told, { cause, severity, nextStep }: Cause): void {
  const words = [
    ...told.faults.map(({ message }) => message),
    ...told.warnings,
  ];
  const mine = words.filter((text) => text.includes(cause));
  assert.equal(mine.length, severity === "ignore" ? 0 : 1, words.join());
  assert.equal(words.length, mine.length, words.join());
  assert.ok(mine.every((text) => text.endsWith(nextStep)));
}

function checkFault(fault: VoiceLiveError, row: Cause): void {
  assert.deepEqual(
    [fault.code, fault.severity, fault.nextStep],
    [row.code, row.severity, row.nextStep],
  );
  assert.ok(fault.message.startsWith(row.cause), fault.message);
}

function check(produced: VoiceLiveError | Told, row: Cause): void {
  if (produced instanceof VoiceLiveError) return checkFault(produced, row);
  checkTold(produced, row);
  for (const fault of produced.faults) checkFault(fault, row);
}

/** It stands still: no second try begins, and what waits is told when to go on. */
let clock: StoppedClock;

function useStoppedClock(): void {
  before(() => (clock = stopClock()));
  after(() => clock.uninstall());
}

describe("table of causes", () => {
  useStoppedClock();

  for (const [id, row] of ROWS) {
    for (const [place, marks] of Object.entries(row.seen)) {
      if (place === "raised") continue; // test/nodes/raised-causes.test.ts
      for (const mark of marks) {
        it(`finds «${id}» in ${place} ${mark}`, async () => {
          const produce =
            place === "found"
              ? FIND[id]
              : PRODUCE[place as keyof typeof PRODUCE];
          assert.ok(produce, `FIND has an entry for ${id}`);
          check(await produce(mark), row);
        });
      }
    }
  }

  it("ends a session for what is to be retried or mended, and for nothing else", async () => {
    for (const [, row] of ROWS) {
      for (const mark of row.seen.opening ?? []) {
        const { state } = (await PRODUCE.opening(mark)) as Told;
        const expected = { retry: "waiting", stop: "stopped" };
        assert.equal(
          state,
          expected[row.severity as keyof typeof expected] ?? "configuring",
          mark,
        );
      }
      for (const place of ["service", "reply", "transcription"] as const)
        for (const mark of row.seen[place] ?? []) {
          const told = (await PRODUCE[place](mark)) as Told;
          // The service closes after it has said so; test/client/connection.test.ts.
          assert.equal(told.state, "ready", mark);
        }
    }
  });

  it("has every row in one chapter", () => {
    const ids = Object.values(CHAPTERS).flatMap((rows) => Object.keys(rows));
    assert.deepEqual(ids.toSorted(), Object.keys(CAUSES).toSorted());
  });

  it("has every mark once in its place", () => {
    for (const place of PLACES) {
      const marks = ROWS.flatMap(([, row]) => row.seen[place] ?? []);
      assert.equal(new Set(marks).size, marks.length, place);
    }
  });

  it("has an answer in every place to what it does not know", () => {
    for (const place of PLACES) {
      const { severity } = findCause(place, ["something new"]);
      const isSocketEnd = place === "socket" || place === "close";
      const isRefusal = place === "upgrade" || place === "proxy";
      assert.equal(
        severity,
        isSocketEnd ? "retry" : isRefusal ? "stop" : "report",
        place,
      );
      assert.equal(findCause(place, []).severity, severity);
    }
  });

  it("names 50 causes or more, each in its own words and one line", () => {
    assert.ok(ROWS.length >= 50, `${ROWS.length}`);
    assert.equal(new Set(ROWS.map(([, { cause }]) => cause)).size, ROWS.length);
    for (const [, { cause, nextStep }] of ROWS) {
      assert.match(cause, /^[A-Z][^\n]*[^.\s]$/);
      assert.match(nextStep, /^[A-Z][^\n]*\.$/);
    }
  });

  it("has a row for every code", () => {
    const codes = new Set(ROWS.map(([, { code }]) => code));
    assert.deepEqual([...codes].toSorted(), [...ERROR_CODES].toSorted());
  });
});

/** Every place but `found`, where there is nothing to match. */
const PLACES = [
  ...(Object.keys(PRODUCE) as (keyof typeof PRODUCE)[]),
  "raised",
] as const;

/** What loopback can give of the errors of a socket. */
const SOCKETS: readonly (readonly [
  CauseId,
  string,
  () => Promise<VoiceLiveError>,
])[] = [
  [
    "host-unknown",
    "a host name that cannot be one",
    () => endOf(`ws://${"x".repeat(64)}.invalid/`),
  ],
  [
    "connection-refused",
    "a port where nobody listens",
    () => endOf("ws://127.0.0.1:1/"),
  ],
  [
    "connection-cut",
    "a host that hangs up",
    () => endWith((_request, socket) => socket.destroy()),
  ],
  [
    "not-http",
    "a host that speaks otherwise",
    () => endWith((_request, socket) => socket.write("220 mail\r\n")),
  ],
  [
    "no-tls",
    "a host without TLS",
    async () => {
      const server = new LoopbackServer(fallSilent);
      try {
        return await endOf(`wss://${await server.listen()}/`);
      } finally {
        await server.close();
      }
    },
  ],
  [
    "received-too-large",
    "17 MiB in one message",
    () => endByBytes(frame(0x81, 17 * 1024 * 1024)),
  ],
  [
    "too-many-fragments",
    "a message of 20,000 fragments",
    () =>
      endByBytes(
        Buffer.concat([
          frame(0x01, 0),
          ...Array.from({ length: 20_000 }, () => frame(0x00, 0)),
        ]),
      ),
  ],
  [
    "bad-text",
    "text that is not UTF-8",
    () => endByBytes(Buffer.from([0x81, 0x02, 0xc3, 0x28])),
  ],
  [
    "bad-frame",
    "a frame of an unknown kind",
    () => endByBytes(Buffer.from([0x83, 0x00])),
  ],
];

/** Head of a frame, without its payload (RFC 6455 §5.2). */
function frame(first: number, bytes: number): Buffer {
  if (bytes < 126) return Buffer.from([first, bytes]);
  const head = Buffer.from([first, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(BigInt(bytes), 2);
  return head;
}

describe("causes on a real socket", () => {
  useStoppedClock();

  for (const [id, what, produce] of SOCKETS)
    it(`finds «${id}» in ${what}`, async () =>
      checkFault(await produce(), CAUSES[id]));

  describe("over TLS", () => {
    let authority: PrivateAuthority;
    before(() => (authority = new PrivateAuthority()));
    after(() => authority.remove());

    for (const [id, what, produce] of [
      [
        "certificate-self-signed",
        "a certificate that vouches for itself",
        () => endOverTls(authority.selfSigned),
      ],
      [
        "certificate-untrusted",
        "one of an authority that is not known",
        () => endOverTls(authority.issue("IP:127.0.0.1")),
      ],
      [
        "certificate-untrusted",
        "one that brings its authority along",
        () => {
          const { cert, key } = authority.issue("IP:127.0.0.1");
          return endOverTls({ cert: cert + authority.ca, key });
        },
      ],
      [
        "wrong-name",
        "one for another host",
        () =>
          endOverTls(authority.issue("DNS:other.example.com"), {
            ca: authority.ca,
          }),
      ],
      [
        "certificate-expired",
        "one that has expired",
        () =>
          endOverTls(authority.issue("IP:127.0.0.1", -1), { ca: authority.ca }),
      ],
    ] as const)
      it(`finds «${id}» in ${what}`, async () =>
        checkFault(await produce(), CAUSES[id]));
  });

  it("finds «tls-files» in a key that is none", () => {
    assert.throws(
      () => createSecureContext({ key: "no key" }),
      (cause) => {
        checkFault(diagnoseSocket(cause), CAUSES["tls-files"]);
        return true;
      },
    );
  });
});
