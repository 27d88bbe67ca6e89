import assert from "node:assert/strict";
import { Drafts } from "../../../nodes/editor/drafts";

const TURNS = "turn_detection";

describe("Drafts", () => {
  it("gives a kind back what only it has", () => {
    const drafts = new Drafts();
    const vad = { type: "server_vad", threshold: 0.4, future: 1 };
    const semantic = drafts.choose(TURNS, vad, "semantic_vad");
    assert.deepEqual(semantic, { type: "semantic_vad", future: 1 });
    assert.deepEqual(drafts.choose(TURNS, semantic, "server_vad"), vad);
  });

  it("takes what both kinds have as it was set last, and what was emptied as empty", () => {
    const drafts = new Drafts();
    const vad = { type: "server_vad", threshold: 0.4, silence_duration_ms: 9 };
    drafts.choose(TURNS, vad, "azure_semantic_vad");
    const edited = { type: "azure_semantic_vad", threshold: 0.9 };
    assert.deepEqual(drafts.choose(TURNS, edited, "server_vad"), {
      type: "server_vad",
      threshold: 0.9,
    });
  });

  it("keeps a setting that is switched off or left to the service", () => {
    const drafts = new Drafts();
    const vad = { type: "server_vad", threshold: 0.4, future: 1 };
    assert.equal(drafts.choose(TURNS, vad, "null"), null);
    assert.equal(drafts.choose(TURNS, null, ""), undefined);
    assert.deepEqual(drafts.choose(TURNS, undefined, "server_vad"), vad);
  });

  it("keeps a name for each kind of voice", () => {
    const drafts = new Drafts();
    const azure = { type: "azure-standard", name: "en-US-AvaNeural" };
    const openai = drafts.choose("voice", azure, "openai");
    assert.deepEqual(openai, { type: "openai" });
    const named = { type: "openai", name: "marin" };
    assert.deepEqual(drafts.choose("voice", named, "azure-standard"), azure);
    assert.deepEqual(drafts.choose("voice", azure, "openai"), named);
  });

  it("gives a bare voice name back as it was", () => {
    const drafts = new Drafts();
    const custom = drafts.choose("voice", "alloy", "azure-custom");
    assert.deepEqual(custom, { type: "azure-custom" });
    assert.equal(drafts.choose("voice", custom, "openai"), "alloy");
  });
});
