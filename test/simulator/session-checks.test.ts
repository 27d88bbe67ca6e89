import assert from "node:assert/strict";
import type { RequestFault } from "../../lib/simulator/request-fault";
import { checkSetting } from "../../lib/simulator/session-checks";

const AVATAR = { character: "lisa", customized: false };
const MCP = { type: "mcp", server_label: "docs", server_url: "https://a/mcp" };
const VAD = { type: "azure_semantic_vad" };

/** Setting, a value that the service takes, values that it refuses and the member they are refused for (protocol.md §7, §8.3, §10). */
const CASES: readonly [
  name: string,
  taken: unknown,
  refused: readonly (readonly [value: unknown, param: string])[],
][] = [
  [
    "avatar",
    {
      ...AVATAR,
      video: { crop: { top_left: [0, 0], bottom_right: [9, 9] } },
      scene: { zoom: 0.5, position_x: -1, amplitude: 1 },
    },
    [
      [{ customized: false }, ".character"],
      [{ character: "lisa" }, ".customized"],
      [{ ...AVATAR, type: "hologram" }, ".type"],
      [{ ...AVATAR, type: "photo-avatar" }, ".model"],
      [{ ...AVATAR, scene: { zoom: 0 } }, ".scene.zoom"],
      [{ ...AVATAR, scene: { position_y: 2 } }, ".scene.position_y"],
      [{ ...AVATAR, video: { gop_size: 2001 } }, ".video.gop_size"],
      [
        { ...AVATAR, video: { crop: { top_left: [0, 0] } } },
        ".video.crop.bottom_right",
      ],
      [
        { ...AVATAR, video: { background: { color: "F", image_url: "x" } } },
        ".video.background",
      ],
      [
        { ...AVATAR, ice_servers: [{ urls: "turn:a" }] },
        ".ice_servers[0].urls",
      ],
    ],
  ],
  [
    "interim_response",
    { type: "static-interim-response", texts: ["Let me see."] },
    [
      [{ type: "music" }, ".type"],
      [{ type: "llm_interim_response", triggers: ["boredom"] }, ".triggers[0]"],
      [
        { type: "llm_interim_response", max_completion_tokens: 0 },
        ".max_completion_tokens",
      ],
    ],
  ],
  [
    "animation",
    { outputs: ["viseme_id"], model_name: "default" },
    [[{ outputs: ["smile"] }, ".outputs[0]"]],
  ],
  [
    "turn_detection",
    {
      ...VAD,
      languages: ["en"],
      end_of_utterance_detection: { model: "semantic_detection_v1" },
      undocumented: 1,
    },
    [
      [{ ...VAD, languages: "en" }, ".languages"],
      [
        { ...VAD, end_of_utterance_detection: { timeout_ms: 5 } },
        ".end_of_utterance_detection.model",
      ],
    ],
  ],
  [
    "input_audio_transcription",
    { model: "azure-speech", custom_speech: { "en-US": "id" } },
    [
      [{ model: "azure-speech", phrase_list: "Ada" }, ".phrase_list"],
      [
        { model: "azure-speech", phrase_list: Array(500).fill("a") },
        ".phrase_list",
      ],
      [{ model: "azure-speech", custom_speech: { a: 1 } }, ".custom_speech.a"],
    ],
  ],
  [
    "tools",
    [{ ...MCP, require_approval: { never: ["search"] } }],
    [
      [[{ ...MCP, server_url: "" }], "[0].server_url"],
      [[{ ...MCP, require_approval: "sometimes" }], "[0].require_approval"],
      [[{ ...MCP, headers: { a: 1 } }], "[0].headers.a"],
    ],
  ],
  ["include", ["file_search_call.results"], [[["everything"], "[0]"]]],
  ["modalities", ["text", "audio", "avatar"], [[["text", "avatar"], ""]]],
];

describe("settings that the simulator checks", () => {
  for (const [name, taken, refused] of CASES) {
    it(`takes ${name} as the reference has it`, () => {
      assert.doesNotThrow(() => checkSetting(name, taken));
    });

    for (const [value, param] of refused) {
      it(`refuses ${name}${param} in ${JSON.stringify(value).slice(0, 60)}`, () => {
        assert.throws(
          () => checkSetting(name, value),
          (fault: RequestFault) => fault.param === `session.${name}${param}`,
        );
      });
    }
  }
});
