import assert from "node:assert/strict";
import RED, { type NodeAPI } from "node-red";
import {
  type FlowMessage,
  isRecord,
  readProperty,
  readVoice,
} from "../../../nodes/shared/messages";

const api = RED as unknown as NodeAPI;

describe("Messages", () => {
  it("readVoice is empty for a message without one", () => {
    for (const voice of [undefined, null, "default", 7, []])
      assert.deepEqual(readVoice({ voice }), {});
    assert.deepEqual(readVoice({ voice: { callId: "call_1" } }), {
      callId: "call_1",
    });
  });

  it("isRecord takes plain objects, no lists and no Buffers", () => {
    assert.deepEqual(
      [{}, { a: 1 }, [], Buffer.alloc(1), null, "a"].map(isRecord),
      [true, true, false, false, false, false],
    );
  });

  it("readProperty finds deep properties", () => {
    assert.equal(
      readProperty(api, { _session: { id: "anna" } }, "_session.id"),
      "anna",
    );
  });

  it("readProperty finds nothing where a part of the path is missing", () => {
    for (const msg of [{}, { _session: null }, { _session: {} }])
      assert.equal(
        readProperty(api, msg as FlowMessage, "_session.id"),
        undefined,
      );
    assert.equal(readProperty(api, {}, "no..path"), undefined);
  });
});
