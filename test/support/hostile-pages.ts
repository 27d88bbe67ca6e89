import { signToken } from "../../lib/talk/signed-token";
import { PAGE_CLOSE, PAGE_PROTOCOL } from "../../lib/talk/page-protocol";
import type { TestPage } from "./page";

/** One thing that somebody may try at the socket of a talk page, and the code with which it ends. */
export interface HostilePage {
  readonly what: string;
  readonly code: number;
  /** Of the page that opens the socket; by default the right one. */
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Says hello with the password first. */
  readonly isIn?: boolean;
  readonly attack: (page: TestPage) => void;
}

const nothing = (): void => {};
const raw =
  (text: string) =>
  (page: TestPage): void =>
    page.socket.send(text);
const said =
  (message: object) =>
  (page: TestPage): void =>
    page.say(message);
const hello = (more: object): ((page: TestPage) => void) =>
  said({ type: "hello", version: PAGE_PROTOCOL, ...more });
const times =
  (count: number, attack: (page: TestPage) => void) =>
  (page: TestPage): void => {
    for (let n = 0; n < count; n++) attack(page);
  };

/** Codes of WebSocket itself (RFC 6455 §7.4.1). */
const RULES = {
  none: 1006,
  protocol: 1002,
  text: 1007,
  policy: 1008,
  size: 1009,
};

const unsigned = [
  { alg: "none", typ: "JWT" },
  { aud: "resume", sub: "x", exp: 9_999_999_999 },
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
  .join(".");
const foreign = signToken(Buffer.from("another key"), {
  aud: "resume",
  sub: "x",
  exp: 9_999_999_999,
});

/** @param origin - of the server itself */
export function hostilePages(origin: string): readonly HostilePage[] {
  const { hostname, port } = new URL(origin);
  const origins = [
    "https://example.org",
    "null",
    "",
    `https://${hostname}:${port}`,
    `http://${hostname}:${Number(port) + 1}`,
    `http://${hostname}`,
    `http://${hostname}:${port}.example.org`,
    `http://example.org#${origin}`,
  ].map((foreignOrigin) => ({
    what: `a page of ${foreignOrigin || "no origin"}`,
    origin: foreignOrigin,
    code: PAGE_CLOSE.foreignOrigin,
    attack: hello({ secret: "irrelevant" }),
  }));
  const first = [
    ["audio before hello", (page) => page.socket.send(Buffer.alloc(1_920))],
    ["no JSON", raw("{")],
    ["JSON that is no object", raw("[1]")],
    ["JSON that is nothing", raw("null")],
    ["JSON of great depth", raw("[".repeat(30_000))],
    ["a message without a type", said({})],
    ["a type of the language", said({ type: "constructor" })],
    ["a type that is an object", said({ type: { toString: "hello" } })],
    ["text before hello", said({ type: "text", text: "Hello" })],
    ["a version that is a text", said({ type: "hello", version: "1" })],
    ["a password that is an object", hello({ secret: { length: 8 } })],
    ["a password without end", hello({ secret: "x".repeat(5_000) })],
    [
      "a prototype",
      raw('{"type":"hello","__proto__":{"version":1},"secret":"x"}'),
    ],
  ] as readonly (readonly [string, (page: TestPage) => void])[];
  const denied = [
    ["a wrong password", hello({ secret: "wrong" })],
    ["an empty password", hello({ secret: "" })],
    ["no password", hello({})],
    ["a proof without a signature", hello({ resume: `${unsigned}.` })],
    ["a proof with a foreign signature", hello({ resume: foreign })],
  ] as readonly (readonly [string, (page: TestPage) => void])[];
  const inside: readonly (readonly [
    string,
    number,
    (page: TestPage) => void,
  ])[] = [
    ["a second hello", PAGE_CLOSE.malformed, hello({ secret: "x" })],
    [
      "half a sample",
      PAGE_CLOSE.malformed,
      (page) => page.socket.send(Buffer.alloc(1_921)),
    ],
    [
      "audio of no length",
      PAGE_CLOSE.malformed,
      (page) => page.socket.send(Buffer.alloc(0)),
    ],
    [
      "a negative position",
      PAGE_CLOSE.malformed,
      said({ type: "played", stream: 1, samples: -1, ended: false }),
    ],
    [
      "a position that is no number",
      PAGE_CLOSE.malformed,
      raw('{"type":"played","stream":1,"samples":1e999,"ended":false}'),
    ],
    [
      "a text without words",
      PAGE_CLOSE.malformed,
      said({ type: "text", text: " " }),
    ],
    [
      "a text without end",
      PAGE_CLOSE.malformed,
      said({ type: "text", text: "x".repeat(8_001) }),
    ],
    [
      "a large text frame",
      PAGE_CLOSE.oversize,
      said({ type: "text", text: "x".repeat(70_000) }),
    ],
    [
      "a large audio frame",
      PAGE_CLOSE.oversize,
      (page) => page.socket.send(Buffer.alloc(70_000)),
    ],
    [
      "a huge frame",
      RULES.size,
      (page) => page.socket.send(Buffer.alloc(1_048_576)),
    ],
    [
      "tiny fragments",
      RULES.policy,
      times(100, (page) =>
        page.socket.send(Buffer.alloc(1), { fin: false, binary: true }),
      ),
    ],
    [
      "text that is no UTF-8",
      RULES.text,
      (page) => page.socket.send(Buffer.from([0xff, 0xfe]), { binary: false }),
    ],
    [
      "audio of a minute at once",
      PAGE_CLOSE.tooFast,
      times(60, (page) => page.socket.send(Buffer.alloc(48_000))),
    ],
    [
      "thousands of messages at once",
      PAGE_CLOSE.tooFast,
      times(3_000, said({ type: "ping", at: 0 })),
    ],
    [
      "thousands of pings of the protocol at once",
      RULES.none,
      times(3_000, (page) => page.socket.ping()),
    ],
    [
      "a frame without a mask",
      RULES.protocol,
      (page) => page.writeRaw(Buffer.from([0x82, 0x02, 0x00, 0x00])),
    ],
    [
      "a frame of an unknown kind",
      RULES.protocol,
      (page) =>
        page.writeRaw(Buffer.from([0x83, 0x80, 0x00, 0x00, 0x00, 0x00])),
    ],
  ];
  return [
    ...origins,
    ...first.map(([what, attack]) => ({
      what,
      code: PAGE_CLOSE.malformed,
      attack,
    })),
    {
      what: "an old version",
      code: PAGE_CLOSE.outdated,
      attack: said({ type: "hello", version: 0 }),
    },
    { what: "silence", code: PAGE_CLOSE.silent, attack: nothing },
    ...denied.map(([what, attack]) => ({
      what,
      code: PAGE_CLOSE.denied,
      attack,
    })),
    ...inside.map(([what, code, attack]) => ({
      what,
      code,
      isIn: true,
      attack,
    })),
  ];
}

/** Request lines and headers that must lead to no file but the page's own. @returns by the status they get */
export const HOSTILE_REQUESTS: readonly (readonly [
  line: string,
  status: RegExp,
])[] = [
  ["GET /talk/../settings.js", /^404$/],
  ["GET /talk/..%2fsettings.js", /^404$/],
  ["GET /talk/%2e%2e/%2e%2e/package.json", /^404$/],
  ["GET /talk/..%5c..%5cpackage.json", /^404$/],
  ["GET /talk/..\\..\\package.json", /^(400|404)$/],
  ["GET /talk/%252e%252e%252fpackage.json", /^404$/],
  ["GET /talk/strings/../page.js", /^404$/],
  ["GET /talk//etc/passwd", /^404$/],
  ["GET /talk/page.js%00.html", /^(400|404)$/],
  ["GET /talk/files.json", /^404$/],
  ["GET /talk/index.html", /^404$/],
  ["GET /talk/model/connection.js", /^404$/],
  ["GET /talk/__proto__", /^404$/],
  ["GET /talk/constructor", /^404$/],
  ["GET /TALK/page.js", /^404$/],
  ["GET /talk/socket", /^404$/],
  ["POST /talk/", /^405$/],
  ["DELETE /talk/page.js", /^405$/],
];
