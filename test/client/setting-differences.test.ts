import assert from "node:assert/strict";
import {
  lackedSettings,
  settingDifferences,
  shownSettings,
} from "../../lib/client/setting-differences";
import type { RequestSession, ResponseSession } from "../../lib/protocol";

const UNAPPLIED: readonly (readonly [
  what: string,
  wanted: object,
  found: object,
  names: readonly string[],
])[] = [
  ["nothing", {}, { instructions: "x" }, []],
  ["a value that is in effect", { temperature: 0.7 }, { temperature: 0.7 }, []],
  [
    "a number that came back in single precision",
    { temperature: 0.7 },
    { temperature: 0.699999988079071 },
    [],
  ],
  [
    "a number that is another",
    { temperature: 0.7 },
    { temperature: 0.8 },
    ["temperature"],
  ],
  ["a value that is missing", { temperature: 0.7 }, {}, ["temperature"]],
  [
    "a value that is null",
    { temperature: 0.7 },
    { temperature: null },
    ["temperature"],
  ],
  ["undefined", { instructions: undefined }, { instructions: "x" }, []],
  ["null that is null", { turn_detection: null }, { turn_detection: null }, []],
  ["null that is absent", { turn_detection: null }, {}, []],
  [
    "null that is not",
    { turn_detection: null },
    { turn_detection: { type: "server_vad" } },
    ["turn_detection"],
  ],
  [
    "an empty text that is null",
    { instructions: "" },
    { instructions: null },
    [],
  ],
  ["false that is absent", { a: { b: false } }, { a: {} }, ["a.b"]],
  [
    "a member inside",
    { turn_detection: { type: "server_vad", threshold: 0.3 } },
    { turn_detection: { type: "server_vad", threshold: 0.5, more: 1 } },
    ["turn_detection.threshold"],
  ],
  [
    "an object that is missing",
    { input_audio_transcription: { model: "whisper-1" } },
    { input_audio_transcription: null },
    ["input_audio_transcription"],
  ],
  ["a bare voice name", { voice: "alloy" }, { voice: { name: "alloy" } }, []],
  ["another voice", { voice: "alloy" }, { voice: { name: "ash" } }, ["voice"]],
  ["the same voice", { voice: "alloy" }, { voice: "alloy" }, []],
  [
    "a voice's member",
    { voice: { type: "openai", name: "alloy" } },
    { voice: { type: "openai", name: "ash" } },
    ["voice.name"],
  ],
  [
    "a list that is another",
    { modalities: ["text"] },
    { modalities: ["text", "audio"] },
    ["modalities"],
  ],
  ["an empty list that is absent", { include: [] }, {}, []],
  [
    "tools that the service completed",
    { tools: [{ type: "function", name: "f" }] },
    { tools: [{ type: "function", name: "f", strict: false }] },
    [],
  ],
  [
    "tools that are missing, by name or label",
    {
      tools: [
        { type: "function", name: "f" },
        { type: "function", name: "g" },
        { type: "mcp", server_label: "docs" },
      ],
    },
    { tools: [{ type: "function", name: "g" }] },
    ["tools.docs", "tools.f"],
  ],
  [
    "tools, when the service knows none",
    { tools: [{ type: "function", name: "f" }] },
    {},
    ["tools.f"],
  ],
  ["a model", { model: "gpt-4o" }, { model: "gpt-realtime" }, ["model"]],
  ["several, sorted", { b: 1, a: 1 }, {}, ["a", "b"]],
];

describe("settingDifferences", () => {
  for (const [what, wanted, found, names] of UNAPPLIED) {
    it(`judges ${what}`, () => {
      assert.deepEqual(
        settingDifferences(
          wanted as RequestSession,
          found as ResponseSession,
        ).map(({ setting }) => setting),
        names,
      );
    });
  }

  it("gives what was asked beside what holds, null for nothing", () => {
    assert.deepEqual(
      settingDifferences(
        {
          temperature: 0.5,
          voice: "alloy",
          tools: [{ type: "function", name: "f" }],
        },
        { temperature: 0.8, tools: [] },
      ),
      [
        { setting: "temperature", asked: 0.5, applied: 0.8 },
        {
          setting: "tools.f",
          asked: { type: "function", name: "f" },
          applied: null,
        },
        { setting: "voice", asked: "alloy", applied: null },
      ],
    );
  });
});

describe("lackedSettings", () => {
  it("finds what was asked at the path of each", () => {
    const reason = "Azure only";
    assert.deepEqual(
      lackedSettings(
        [
          { setting: "turn_detection.languages", reason },
          { setting: "voice", reason },
          { setting: "a.b.c", reason },
        ],
        { turn_detection: { languages: ["de"] }, voice: "alloy", a: 1 },
      ),
      [
        { setting: "turn_detection.languages", asked: ["de"], applied: null },
        { setting: "voice", asked: "alloy", applied: null },
        { setting: "a.b.c", asked: null, applied: null },
      ],
    );
  });
});

describe("shownSettings", () => {
  it("leaves out the logins of MCP servers and of the avatar's relays, and touches nothing", () => {
    const settings = {
      tools: [
        {
          type: "mcp",
          server_label: "docs",
          authorization: "Bearer abc",
          headers: { "x-api-key": "abc" },
        },
      ],
      avatar: { ice_servers: [{ urls: ["turn:a"], credential: "abc" }] },
      turn_detection: null,
    };
    const before = JSON.stringify(settings);
    const shown = shownSettings(settings);
    assert.equal(
      JSON.stringify(shown),
      before.replaceAll(/(Bearer )?abc/g, "…"),
    );
    assert.equal(JSON.stringify(settings), before);
  });
});
