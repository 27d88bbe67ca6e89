import assert from "node:assert/strict";
import {
  refuseUnsetVariables,
  withTypes,
} from "../../../nodes/shared/environment";

describe("settings from environment variables", () => {
  it("are read by their type: numbers, flags, lists and JSON; text stays text", () => {
    assert.deepEqual(
      withTypes({
        instructions: "7",
        temperature: "0.7",
        max_response_output_tokens: "inf",
        parallel_tool_calls: "false",
        modalities: "text, audio",
        voice: { type: "azure-standard", rate: "1.1", temperature: " 0.5 " },
        turn_detection: { threshold: 0.5, create_response: "true" },
        metadata: '{"room": "1"}',
      }),
      {
        instructions: "7",
        temperature: 0.7,
        max_response_output_tokens: "inf",
        parallel_tool_calls: false,
        modalities: ["text", "audio"],
        voice: { type: "azure-standard", rate: "1.1", temperature: 0.5 },
        turn_detection: { threshold: 0.5, create_response: true },
        metadata: { room: "1" },
      },
    );
  });

  it("stay as they are where they cannot be read, for the service to refuse by name", () => {
    const settings = {
      temperature: "hot",
      parallel_tool_calls: "maybe",
      metadata: "{",
      voice: "alloy",
    };
    assert.deepEqual(withTypes(settings), settings);
  });

  it("leave the node's own settings alone", () => {
    const settings = { voice: { temperature: "0.5" } };
    withTypes(settings);
    assert.deepEqual(settings, { voice: { temperature: "0.5" } });
  });
});

describe("refuseUnsetVariables", () => {
  const refused = (value: unknown): RegExp | string => {
    try {
      refuseUnsetVariables(value, "");
      return "accepted";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it("names the variable and where it is wanted, at any depth", () => {
    const settings = { tools: [{}, { headers: { "X-Team": "${TEAM}" } }] };
    assert.match(
      String(refused({ settings })),
      /^settings\.tools\[1\]\.headers\.X-Team is taken from the environment variable TEAM, which is not set/,
    );
  });

  it("leaves references inside longer texts alone: they are not ours", () => {
    assert.equal(
      refused({ settings: { instructions: "Say ${NAME} twice." } }),
      "accepted",
    );
  });
});
