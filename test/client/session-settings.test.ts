import assert from "node:assert/strict";
import {
  answersTurns,
  composeSettings,
  hasTurnDetection,
  inputFormat,
  interruptsItself,
  outputFormat,
  truncatesItself,
  unappliedSettings,
} from "../../lib/client/session-settings";
import type {
  FunctionTool,
  RequestSession,
  ResponseSession,
} from "../../lib/protocol";

function toolOf(name: string, description = ""): FunctionTool {
  return { type: "function", name, description, parameters: {} };
}

describe("composeSettings", () => {
  it("passes settings through untouched, unknown ones and null too", () => {
    const settings = {
      instructions: "x",
      turn_detection: null,
      new_setting: { a: [1] },
    } as RequestSession;
    assert.deepEqual(composeSettings(settings, []), settings);
    assert.notEqual(composeSettings(settings, []), settings);
  });

  it("puts the flow's functions behind other tools, and before none of the same name", () => {
    const mcp = { type: "mcp", server_label: "f", server_url: "https://x" };
    const settings = {
      tools: [toolOf("f", "typed"), mcp, toolOf("g")],
    } as RequestSession;
    const { tools } = composeSettings(settings, [toolOf("f", "node")]);
    assert.deepEqual(tools, [mcp, toolOf("g"), toolOf("f", "node")]);
    assert.equal(settings.tools?.length, 3);
  });

  it("mentions tools only where there are any, or where the user does", () => {
    assert.equal("tools" in composeSettings({}, []), false);
    assert.deepEqual(composeSettings({ tools: [] }, []).tools, []);
    assert.equal(composeSettings({}, [toolOf("f")]).tools?.length, 1);
  });
});

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

describe("unappliedSettings", () => {
  for (const [what, wanted, found, names] of UNAPPLIED) {
    it(`judges ${what}`, () => {
      assert.deepEqual(
        unappliedSettings(wanted as RequestSession, found as ResponseSession),
        names,
      );
    });
  }
});

describe("turn detection", () => {
  for (const [turnDetection, expected] of [
    [undefined, [true, true, true, false]],
    [null, [false, false, false, false]],
    [{ type: "server_vad" }, [true, true, true, false]],
    [{ create_response: false }, [true, false, true, false]],
    [{ interrupt_response: false }, [true, true, false, false]],
    [{ auto_truncate: true }, [true, true, true, true]],
    [{ create_response: null }, [true, true, true, false]],
  ] as const) {
    it(`of ${JSON.stringify(turnDetection)} decides what the service does by itself`, () => {
      const session = { turn_detection: turnDetection } as RequestSession;
      assert.deepEqual(
        [
          hasTurnDetection(session),
          answersTurns(session),
          interruptsItself(session),
          truncatesItself(session),
        ],
        expected,
      );
    });
  }
});

describe("inputFormat and outputFormat", () => {
  it("reads what the service takes", () => {
    for (const [session, encoding, sampleRate] of [
      [{}, "signed-integer", 24_000],
      [{ input_audio_format: null }, "signed-integer", 24_000],
      [{ input_audio_sampling_rate: 16_000 }, "signed-integer", 16_000],
      [{ input_audio_sampling_rate: null }, "signed-integer", 24_000],
      [{ input_audio_format: "g711_ulaw" }, "mu-law", 8_000],
      [{ input_audio_format: "g711_alaw" }, "a-law", 8_000],
    ] as const)
      assert.deepEqual(inputFormat(session as RequestSession), {
        encoding,
        sampleRate,
      });
  });

  it("reads what the service sends", () => {
    for (const [format, encoding, sampleRate] of [
      [undefined, "signed-integer", 24_000],
      [null, "signed-integer", 24_000],
      ["pcm16", "signed-integer", 24_000],
      ["pcm16_8000hz", "signed-integer", 8_000],
      ["pcm16-16000hz", "signed-integer", 16_000],
      ["pcm16_33333hz", "signed-integer", 24_000],
      ["pcm16_44100hz", "signed-integer", 44_100],
      ["g711_ulaw", "mu-law", 8_000],
      ["g711_alaw", "a-law", 8_000],
    ] as const)
      assert.deepEqual(
        outputFormat({ output_audio_format: format } as RequestSession),
        { encoding, sampleRate },
      );
  });
});
