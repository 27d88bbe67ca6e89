import assert from "node:assert/strict";
import { isLeftOut } from "../../../nodes/editor/service-gaps";
import { SESSION_FIELDS } from "../../../nodes/editor/session-fields";
import type { Dialect } from "../../../lib/protocol/versions";

/** Text of a control, by path, and whether OpenAI's GA service leaves it out. */
const TEXTS: readonly [path: string, text: string, isOut: boolean][] = [
  ["voice", "azure-standard", true],
  ["voice", "openai", false],
  ["turn_detection", "azure_semantic_vad", true],
  ["turn_detection", "server_vad", false],
  ["turn_detection.threshold", "0.7", false],
  ["turn_detection.languages", "en, de", true],
  ["input_audio_noise_reduction", "near_field", false],
  ["input_audio_transcription", "azure-speech", true],
  ["input_audio_transcription", "whisper-1", false],
  ["input_audio_transcription.phrase_list", "Voicewire", true],
  ["modalities", "text, avatar", true],
  ["modalities", "text, audio", false],
  ["instructions", "Be short.", false],
  ["temperature", "0.7", true],
];

const allOf = (dialect: Dialect): string[] =>
  SESSION_FIELDS.filter((field) => isLeftOut(field, "", dialect)).map(
    ({ path }) => path,
  );

describe("isLeftOut", () => {
  for (const [path, text, isOut] of TEXTS)
    it(`says that OpenAI ${isOut ? "leaves out" : "takes"} ${path} ${text}`, () => {
      const field = SESSION_FIELDS.find((each) => each.path === path);
      assert.ok(field);
      assert.equal(isLeftOut(field, text, "openai"), isOut);
    });

  it("finds the settings that OpenAI has no value for", () => {
    const out = allOf("openai");
    for (const path of [
      "interim_response",
      "avatar",
      "animation.outputs",
      "metadata",
      "turn_detection.remove_filler_words",
    ])
      assert.ok(out.includes(path), path);
    for (const path of ["voice", "instructions", "tool_choice", "modalities"])
      assert.ok(!out.includes(path), path);
  });

  it("knows that the beta has less than GA, but the temperature", () => {
    assert.ok(allOf("openai-beta").includes("reasoning_effort"));
    assert.ok(!allOf("openai").includes("reasoning_effort"));
    assert.ok(!allOf("openai-beta").includes("temperature"));
  });

  it("leaves out nothing of Voice Live", () => {
    assert.deepEqual([...allOf("v1"), ...allOf("dated")], []);
  });
});
