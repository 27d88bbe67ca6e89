import assert from "node:assert/strict";
import {
  answersTurns,
  composeSettings,
  hasTurnDetection,
  inputFormat,
  interruptsItself,
  outputFormat,
  truncatesItself,
} from "../../lib/client/session-settings";
import type { FunctionTool, RequestSession } from "../../lib/protocol";

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
