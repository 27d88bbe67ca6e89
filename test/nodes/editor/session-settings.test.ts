import assert from "node:assert/strict";
import type { FieldKind } from "../../../nodes/editor/session-fields";
import {
  isOffered,
  readField,
  writeField,
} from "../../../nodes/editor/session-settings";
import type { Settings } from "../../../nodes/editor/json-path";

const KINDS: readonly [path: string, kind: FieldKind][] = [
  ["instructions", "text"],
  ["voice", "variant"],
  ["voice.temperature", "number"],
  ["turn_detection", "variant"],
  ["turn_detection.create_response", "flag"],
  ["turn_detection.languages", "words"],
  ["input_audio_transcription.phrase_list", "lines"],
];

describe("session settings in the dialog", () => {
  describe("readField", () => {
    for (const [path, kind] of KINDS) {
      it(`shows an absent ${path} as empty`, () => {
        assert.equal(readField({}, path, kind), "");
      });
    }

    it("shows manual turns, an explicit null, apart from an absent setting", () => {
      assert.equal(
        readField({ turn_detection: null }, "turn_detection", "variant"),
        "null",
      );
    });

    it("shows a bare voice name as an OpenAI voice", () => {
      assert.equal(readField({ voice: "marin" }, "voice", "variant"), "openai");
      assert.equal(
        readField({ voice: "marin" }, "voice.name", "text"),
        "marin",
      );
    });

    it("shows false apart from an absent flag", () => {
      const settings = {
        turn_detection: { type: "server_vad", create_response: false },
      };
      assert.equal(
        readField(settings, "turn_detection.create_response", "flag"),
        "false",
      );
    });

    it("shows phrases one per line and languages with commas", () => {
      const settings = {
        turn_detection: { languages: ["en", "de"] },
        input_audio_transcription: {
          phrase_list: ["Voicewire", "Ada, Countess"],
        },
      };
      assert.equal(
        readField(settings, "turn_detection.languages", "words"),
        "en, de",
      );
      assert.equal(
        readField(settings, "input_audio_transcription.phrase_list", "lines"),
        "Voicewire\nAda, Countess",
      );
    });
  });

  describe("writeField", () => {
    it("leaves the object it was given alone", () => {
      const settings = { voice: { type: "openai", name: "alloy" } };
      writeField(settings, "voice.name", "text", "sage");
      assert.deepEqual(settings, { voice: { type: "openai", name: "alloy" } });
    });

    it("keeps what the dialog does not know, beside and inside the changed setting", () => {
      const settings = {
        future: { a: 1 },
        turn_detection: { type: "server_vad", future_ms: 7 },
      };
      assert.deepEqual(
        writeField(settings, "turn_detection.threshold", "number", "0.7"),
        {
          future: { a: 1 },
          turn_detection: { type: "server_vad", future_ms: 7, threshold: 0.7 },
        },
      );
    });

    it("takes a setting out when its field is emptied, and the parent it leaves empty", () => {
      const settings = {
        turn_detection: {
          type: "server_vad",
          end_of_utterance_detection: { timeout_ms: 5 },
        },
      };
      assert.deepEqual(
        writeField(
          settings,
          "turn_detection.end_of_utterance_detection.timeout_ms",
          "number",
          "",
        ),
        {
          turn_detection: { type: "server_vad" },
        },
      );
    });

    it("writes an explicit null for manual turns", () => {
      const settings = {
        turn_detection: { type: "server_vad", threshold: 0.4 },
      };
      assert.deepEqual(
        writeField(settings, "turn_detection", "variant", "null"),
        { turn_detection: null },
      );
    });

    it("takes turn detection out for the service's default", () => {
      assert.deepEqual(
        writeField({ turn_detection: null }, "turn_detection", "variant", ""),
        {},
      );
    });

    it("keeps what both kinds of turn detection understand and drops what only the old one does", () => {
      const settings = {
        turn_detection: {
          type: "server_vad",
          threshold: 0.4,
          interrupt_response: false,
          future: true,
        },
      };
      assert.deepEqual(
        writeField(settings, "turn_detection", "variant", "semantic_vad"),
        {
          turn_detection: {
            type: "semantic_vad",
            interrupt_response: false,
            future: true,
          },
        },
      );
    });

    it("forgets the voice's name when the kind of voice changes, and keeps its speed where it still applies", () => {
      const settings = {
        voice: { type: "azure-standard", name: "en-US-AvaNeural", rate: "1.2" },
      };
      assert.deepEqual(
        writeField(settings, "voice", "variant", "azure-personal"),
        {
          voice: { type: "azure-personal", rate: "1.2" },
        },
      );
      assert.deepEqual(writeField(settings, "voice", "variant", "openai"), {
        voice: { type: "openai" },
      });
    });

    it("turns a bare voice name into the object it stands for when the name is edited", () => {
      assert.deepEqual(
        writeField({ voice: "alloy" }, "voice.name", "text", "sage"),
        {
          voice: { type: "openai", name: "sage" },
        },
      );
    });

    it("leaves a bare voice name bare while other settings are edited", () => {
      assert.deepEqual(
        writeField({ voice: "alloy" }, "instructions", "text", "Hi"),
        {
          voice: "alloy",
          instructions: "Hi",
        },
      );
    });

    it("writes numbers as numbers and keeps a reference to an environment variable", () => {
      assert.deepEqual(
        writeField({}, "turn_detection.threshold", "number", " 0.3 "),
        {
          turn_detection: { threshold: 0.3 },
        },
      );
      assert.deepEqual(
        writeField({}, "turn_detection.threshold", "number", "${THRESHOLD}"),
        {
          turn_detection: { threshold: "${THRESHOLD}" },
        },
      );
    });

    it("writes lists without blanks and empty parts", () => {
      assert.deepEqual(
        writeField(
          {},
          "input_audio_transcription.phrase_list",
          "lines",
          "Ada, B.\n\n Voicewire \n",
        ),
        {
          input_audio_transcription: { phrase_list: ["Ada, B.", "Voicewire"] },
        },
      );
    });

    it("gives back what it was given when the same text is written again", () => {
      const settings: Settings = {
        instructions: "Hi",
        voice: { name: "x", type: "azure-standard", temperature: 0.5 },
        turn_detection: {
          type: "azure_semantic_vad_multilingual",
          languages: ["en"],
          create_response: false,
        },
        input_audio_transcription: {
          model: "azure-speech",
          phrase_list: ["a"],
        },
      };
      for (const [path, kind] of KINDS) {
        assert.deepEqual(
          writeField(settings, path, kind, readField(settings, path, kind)),
          settings,
          path,
        );
      }
    });
  });

  describe("isOffered", () => {
    const offered = (type: unknown, member: string): boolean =>
      isOffered(
        { turn_detection: type === null ? null : { type } },
        `turn_detection.${member}`,
      );

    it("offers eagerness with semantic_vad only", () => {
      assert.equal(offered("semantic_vad", "eagerness"), true);
      assert.equal(offered("server_vad", "eagerness"), false);
    });

    it("offers nothing below manual turns or the service's default", () => {
      assert.equal(offered(null, "threshold"), false);
      assert.equal(isOffered({}, "turn_detection.threshold"), false);
    });

    it("offers everything below a kind that we do not know", () => {
      assert.equal(offered("future_vad", "threshold"), true);
    });

    it("offers the members of end-of-utterance detection only where it is chosen", () => {
      const path = "turn_detection.end_of_utterance_detection.timeout_ms";
      const model = { model: "semantic_detection_v1" };
      assert.equal(
        isOffered({ turn_detection: { type: "server_vad" } }, path),
        false,
      );
      assert.equal(
        isOffered(
          {
            turn_detection: {
              type: "server_vad",
              end_of_utterance_detection: model,
            },
          },
          path,
        ),
        true,
      );
    });

    it("offers settings that stand alone always", () => {
      assert.equal(isOffered({}, "instructions"), true);
    });
  });
});
