import assert from "node:assert/strict";
import { CLIENT_EVENT_TYPES } from "../../lib/protocol";
import { type Simulator, startSimulator } from "../../lib/simulator";
import { connect } from "./peer";

const MEMBERS = [
  "session",
  "audio",
  "item",
  "item_id",
  "id",
  "delta",
  "response",
  "response_id",
  "previous_item_id",
  "content_index",
  "audio_end_ms",
  "event_id",
  "additional_instructions",
  "turn_id",
  "modalities",
  "voice",
  "tools",
  "turn_detection",
  "input_audio_format",
  "input_items",
  "pre_generated_assistant_message",
  "content",
  "role",
  "type",
  "call_id",
  "output",
  "metadata",
  "conversation",
];
const VALUES = [
  null,
  "",
  "x",
  "root",
  "message",
  "user",
  "AAAA",
  "none",
  "pcm16",
  "g711_ulaw",
  0,
  -1,
  0.5,
  1e300,
  true,
  [],
  {},
  [null],
  "__proto__",
];

/** Numbers that are the same on every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

describe("The simulator under hostile frames", () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  const versions = ["2026-07-15", "v1", "openai", "2025-04-01-preview"];
  for (const apiVersion of versions) {
    it(`answers each of 3000 nonsense frames in ${apiVersion} by its rules and stays open`, async () => {
      simulator = await startSimulator({ speed: Infinity });
      const peer = await connect(simulator, { apiVersion });
      const pick = seeded(7);
      const value = (depth: number): unknown => {
        if (depth > 3 || pick(3) === 0) return VALUES[pick(VALUES.length)];
        if (pick(4) === 0) return [value(depth + 1)];
        return Object.fromEntries(
          Array.from({ length: pick(4) }, () => [
            MEMBERS[pick(MEMBERS.length)],
            value(depth + 1),
          ]),
        );
      };
      const types = [...CLIENT_EVENT_TYPES, "nonsense"];
      for (let i = 0; i < 3000; i += 1) {
        const members = Array.from({ length: 1 + pick(4) }, () => [
          MEMBERS[pick(MEMBERS.length)],
          value(0),
        ]);
        peer.send({
          ...Object.fromEntries(members),
          type: types[pick(types.length)],
        });
      }
      peer.send({
        type: "conversation.item.delete",
        item_id: "the last",
        event_id: "the last",
      });
      let event = await peer.until("error");
      while (event["error"].event_id !== "the last")
        event = await peer.until("error");
      const failures = peer.events.filter(
        ({ type, error }) => type === "error" && error.code === "server_error",
      );
      assert.deepEqual(
        failures.map(({ error }) => error.message),
        [],
      );
    });
  }
});
