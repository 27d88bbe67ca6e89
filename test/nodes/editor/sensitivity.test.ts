import assert from "node:assert/strict";
import type { Settings } from "../../../nodes/editor/json-path";
import {
  chooseSensitivity,
  isSensitivityOffered,
  sensitivityOf,
} from "../../../nodes/editor/sensitivity";
import { writeField } from "../../../nodes/editor/session-settings";

const PRESETS = ["near", "far", "noisy"];
/** Kinds of turn detection that listen for voice activity (protocol.md §7.3). */
const LISTENING = [
  "server_vad",
  "azure_semantic_vad",
  "azure_semantic_vad_en",
  "azure_semantic_vad_multilingual",
];
const DOCUMENTED = [
  "prefix_padding_ms",
  "silence_duration_ms",
  "speech_duration_ms",
  "threshold",
  "type",
];

const detecting = (type: string, members: Settings = {}): Settings => ({
  turn_detection: { type, ...members },
});
const membersOf = (settings: Settings): Record<string, unknown> =>
  settings["turn_detection"] as Record<string, unknown>;

describe("sensitivity in the session dialog", () => {
  for (const type of LISTENING) {
    for (const preset of PRESETS) {
      it(`fills ${type} with documented fields for ${preset}, and shows it again`, () => {
        const settings = chooseSensitivity(detecting(type), preset);
        assert.deepEqual(
          Object.keys(membersOf(settings)).toSorted(),
          DOCUMENTED,
        );
        assert.equal(sensitivityOf(settings), preset);
      });
    }
  }

  it("hears more across a room and less in a noisy one", () => {
    const [near, far, noisy] = PRESETS.map((preset) =>
      membersOf(chooseSensitivity(detecting("server_vad"), preset)),
    );
    const threshold = (of?: Record<string, unknown>): number =>
      Number(of?.["threshold"]);
    assert.ok(threshold(far) < threshold(near));
    assert.ok(threshold(near) < threshold(noisy));
  });

  it("shows the service's default when no field is set", () => {
    assert.equal(
      sensitivityOf(detecting("server_vad", { create_response: false })),
      "",
    );
  });

  it("shows custom as soon as one field differs, is missing or is no number", () => {
    const near = membersOf(chooseSensitivity(detecting("server_vad"), "near"));
    const { threshold: _, ...incomplete } = near;
    for (const turn_detection of [
      { ...near, threshold: 0.51 },
      { ...near, threshold: "${THRESHOLD}" },
      incomplete,
    ])
      assert.equal(sensitivityOf({ turn_detection }), "custom");
  });

  it("empties the fields for the service's default and keeps everything else", () => {
    const settings = detecting("server_vad", { future: 1 });
    const noisy = chooseSensitivity(settings, "noisy");
    assert.equal(membersOf(noisy)["future"], 1);
    assert.deepEqual(chooseSensitivity(noisy, ""), settings);
  });

  it("leaves the fields as they are for custom", () => {
    const settings = detecting("server_vad", { threshold: 0.9 });
    assert.equal(chooseSensitivity(settings, "custom"), settings);
  });

  it("leaves the object it was given alone", () => {
    const settings = detecting("server_vad");
    chooseSensitivity(settings, "far");
    assert.deepEqual(settings, detecting("server_vad"));
  });

  it("keeps the preset when the kind of turn detection changes to another that listens", () => {
    const far = chooseSensitivity(detecting("azure_semantic_vad"), "far");
    const changed = writeField(far, "turn_detection", "variant", "server_vad");
    assert.equal(sensitivityOf(changed), "far");
  });

  it("loses all of its fields when the kind of turn detection has none of them", () => {
    const far = chooseSensitivity(detecting("azure_semantic_vad"), "far");
    assert.deepEqual(
      writeField(far, "turn_detection", "variant", "semantic_vad"),
      detecting("semantic_vad"),
    );
  });

  it("is offered where there are fields to fill only", () => {
    const withoutFields: Settings[] = [
      {},
      { turn_detection: null },
      detecting("semantic_vad"),
    ];
    assert.deepEqual(withoutFields.map(isSensitivityOffered), [
      false,
      false,
      false,
    ]);
    assert.equal(isSensitivityOffered(detecting("server_vad")), true);
    assert.equal(isSensitivityOffered(detecting("future_vad")), true);
  });
});
