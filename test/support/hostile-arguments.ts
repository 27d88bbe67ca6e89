/** A function, and what a hostile or confused model may send it as arguments. */
export interface HostileCall {
  readonly tool: keyof typeof HOSTILE_TOOLS;
  readonly json: string;
}

/** Parameters of the functions that are attacked. */
export const HOSTILE_TOOLS = {
  light: {
    type: "object",
    properties: {
      room: { enum: ["kitchen", "hall"] },
      level: { type: "integer", minimum: 0, maximum: 100 },
      note: { type: "string", maxLength: 200 },
      tags: {
        type: "array",
        items: { type: "string" },
        maxItems: 8,
        uniqueItems: true,
      },
    },
    required: ["room"],
    additionalProperties: false,
  },
  code: {
    type: "object",
    properties: { code: { type: "string", pattern: "^(a+)+$" } },
    required: ["code"],
  },
  name: {
    type: "object",
    properties: { name: { type: "string", pattern: "^(([a-z])+.)+[A-Z]$" } },
    required: ["name"],
  },
  tree: {
    type: "object",
    properties: { next: { $ref: "#" }, leaf: { type: "boolean" } },
    required: ["leaf"],
    additionalProperties: false,
  },
  any: { type: "object" },
} as const;

const WRONG_ROOMS = [
  ..."1 -0 true false null [] {} [[]] [null] 1e400 -1e400".split(" "),
  "",
  " ",
  "attic",
  "Hall",
  "HALL",
  " hall",
  "hall ",
  "hall\n",
  "hal",
  "h\u0430ll",
  "ha\u200bll",
  "\uff48all",
  "hall\u0000",
  "hall\ud800",
  "kitchen,hall",
  "../hall",
  "${hall}",
  "hall'; DROP TABLE rooms",
].map((value, index) => (index < 11 ? value : JSON.stringify(value)));

const WRONG_LEVELS = [
  '"7"',
  "7.5",
  "-1",
  "101",
  "1e400",
  "-1e400",
  "1e308",
  "null",
  "true",
  "[7]",
  '{"valueOf":7}',
  '"NaN"',
  "NaN",
  "Infinity",
  "-Infinity",
  "0x10",
  "007",
  "+7",
  ".5",
  "7.",
  "1e",
  "7n",
  "undefined",
];

const WRONG_TAGS = [
  '"a"',
  "[1]",
  '["a","a"]',
  '[["a"]]',
  '{"length":1,"0":"a"}',
  "[null]",
  JSON.stringify(Array.from({ length: 9 }, (_, index) => `${index}`)),
];

/** Names that are not in the schema, and look as if they were or mean something to JavaScript. */
const STRANGE_MEMBERS = [
  ..."x toString valueOf hasOwnProperty __defineGetter__ prototype then".split(
    " ",
  ),
  "",
  " room",
  "room ",
  "Room",
  "r\u043eom",
  "$ref",
  "room.level",
  "0",
];

const NOT_OBJECTS = [
  "",
  " ",
  "[]",
  "[{}]",
  '"room"',
  "5",
  "true",
  "null",
  "{}",
  "undefined",
  "{",
  "}",
  "{]",
  '{"room"}',
  '{"room":}',
  '{"room":"hall",}',
  "\u0000",
  "{'room':'hall'}",
  "{room:'hall'}",
  '{"room":"hall"}{"room":"hall"}',
  '\ufeff{"room":"hall"}',
  '{"room":"hall"}//',
  '{"room":"hall"};x',
  '{"room":"hall"',
  '{"room":"hall\n"}',
  '[{"room":"hall"}]',
];

const PROTOTYPES = [
  '{"__proto__":{"room":"hall"}}',
  '{"\\u005f_proto__":{"room":"hall"}}',
  '{"constructor":{"prototype":{"room":"hall"}}}',
  '{"room":"hall","level":{"__proto__":7}}',
  '{"room":{"__proto__":"hall"}}',
  '{"room":"hall","constructor":1}',
];

function nested(open: string, close: string, depth: number): string {
  return open.repeat(depth) + close.repeat(depth);
}

const TOO_MUCH: readonly HostileCall[] = [
  { tool: "any", json: JSON.stringify({ text: "x".repeat(70_000) }) },
  { tool: "any", json: JSON.stringify({ text: "x".repeat(1_000_000) }) },
  { tool: "any", json: `{"list":${JSON.stringify(Array(40_000).fill(1))}}` },
  { tool: "any", json: `{"a":${nested("[", "]", 64)}}` },
  { tool: "any", json: `{"a":${nested("[", "]", 20_000)}}` },
  { tool: "any", json: nested('{"a":', "}", 10_000).replace(":}", ":1}") },
  { tool: "any", json: "[".repeat(60_000) },
  { tool: "any", json: '{"size":1e999}' },
  { tool: "any", json: '{"deep":[{"size":-1e999}]}' },
  { tool: "tree", json: '{"leaf":false,"next":{"leaf":false,"next":{}}}' },
  {
    tool: "tree",
    json: `${'{"leaf":true,"next":'.repeat(80)}{"leaf":true}${"}".repeat(80)}`,
  },
  { tool: "light", json: `{"room":"hall","note":"${"n".repeat(201)}"}` },
  { tool: "code", json: JSON.stringify({ code: `${"a".repeat(60)}!` }) },
  { tool: "name", json: JSON.stringify({ name: "a".repeat(60_000) }) },
];

/** None of these fits its schema, or can be checked in reasonable time. */
export const HOSTILE_CALLS: readonly HostileCall[] = [
  ...[
    ...WRONG_ROOMS.map((room) => `{"room":${room}}`),
    ...WRONG_LEVELS.map((level) => `{"room":"hall","level":${level}}`),
    ...WRONG_TAGS.map((tags) => `{"room":"hall","tags":${tags}}`),
    ...STRANGE_MEMBERS.map(
      (member) => `{"room":"hall",${JSON.stringify(member)}:1}`,
    ),
    ...NOT_OBJECTS,
    ...PROTOTYPES,
    '{"room":"hall","room":"attic"}',
    '{"room":"hall","room":null}',
  ].map((json) => ({ tool: "light" as const, json })),
  ...TOO_MUCH,
];

/** These look hostile and are not: what reaches the flow fits the schema. */
export const HARMLESS_CALLS: readonly (HostileCall & {
  readonly arrives: object;
})[] = [
  {
    tool: "light",
    json: '{"room":"attic","room":"hall"}',
    arrives: { room: "hall" },
  },
  {
    tool: "light",
    json: '{"r\\u006fom":"h\\u0061ll"}',
    arrives: { room: "hall" },
  },
  {
    tool: "light",
    json: '{"room":"hall","__proto__":{"isAdmin":true}}',
    arrives: { room: "hall" },
  },
  {
    tool: "any",
    json: '{"a":[{"constructor":{"prototype":{"isAdmin":true}},"b":1}]}',
    arrives: { a: [{ b: 1 }] },
  },
  {
    tool: "any",
    json: JSON.stringify({ note: '{"[{[{'.repeat(100) }),
    arrives: { note: '{"[{[{'.repeat(100) },
  },
];
