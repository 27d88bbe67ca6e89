import assert from "node:assert/strict";
import { imageMember, imagesToVersion } from "../../lib/protocol/image-address";
import type { ClientEvent, RequestItem } from "../../lib/protocol";

const OLD = "2026-04-10";
const ITEM: RequestItem = {
  type: "message",
  role: "user",
  content: [
    { type: "input_text", text: "What is this?" },
    { type: "input_image", image_url: "data:image/png;base64,AA==" },
  ],
};
const RENAMED = {
  ...ITEM,
  content: [
    { type: "input_text", text: "What is this?" },
    { type: "input_image", url: "data:image/png;base64,AA==" },
  ],
};

describe("address of an image", () => {
  it("is image_url since 2026-06-01-preview, and url before", () => {
    for (const [version, name] of [
      ["2025-05-01-preview", "url"],
      ["2026-01-01-preview", "url"],
      [OLD, "url"],
      ["2026-06-01-preview", "image_url"],
      ["2026-07-15", "image_url"],
      ["2026-07-31-preview", "image_url"],
    ] as const)
      assert.equal(imageMember(version, "dated"), name, version);
  });

  it("is image_url in every other dialect, whose versions count otherwise", () => {
    assert.equal(imageMember("v1", "v1"), "image_url");
    assert.equal(imageMember("2024-10-01-preview", "openai-beta"), "image_url");
    assert.equal(imageMember("", "openai"), "image_url");
  });

  it("is renamed in items, and in the items of a response", () => {
    const create: ClientEvent = {
      type: "conversation.item.create",
      item: ITEM,
    };
    assert.deepEqual(imagesToVersion(create, OLD, "dated"), {
      ...create,
      item: RENAMED,
    });
    const respond: ClientEvent = {
      type: "response.create",
      response: { input_items: [ITEM], append_input_items: [ITEM] },
    };
    assert.deepEqual(imagesToVersion(respond, OLD, "dated"), {
      type: "response.create",
      response: { input_items: [RENAMED], append_input_items: [RENAMED] },
    });
  });

  it("changes nothing else, and nothing that it was given", () => {
    const events: ClientEvent[] = [
      { type: "conversation.item.create", item: ITEM },
      { type: "response.create" },
      { type: "session.update", session: {} },
    ];
    const before = structuredClone(events);
    for (const event of events) {
      assert.equal(imagesToVersion(event, "2026-07-15", "dated"), event);
      imagesToVersion(event, OLD, "dated");
    }
    assert.deepEqual(events, before);
  });
});
