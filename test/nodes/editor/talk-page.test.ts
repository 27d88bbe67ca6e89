import assert from "node:assert/strict";
import { isTalkOrigin, isTalkPath } from "../../../nodes/editor/talk-page";
import { checkPath } from "../../../nodes/shared/page-mounts";

describe("isTalkPath", () => {
  for (const path of [
    "talk",
    "/talk/",
    "house/kitchen",
    "a.b-c_d~e",
    "${TALK}",
  ])
    it(`takes ${path}`, () => assert.equal(isTalkPath(path), true));

  for (const path of [
    "../talk",
    "a//b",
    "a b",
    ".hidden",
    "a?b",
    "a#b",
    "ä",
    "a/%2e",
  ])
    it(`refuses ${path}, as the runtime does`, () => {
      assert.equal(isTalkPath(path), false);
      assert.throws(() => checkPath(path), /is no path for a page/);
    });

  it("takes nothing, and what a flow leaves out, for the default", () => {
    assert.equal(isTalkPath(""), true);
    assert.equal(isTalkPath(undefined), true);
  });
});

describe("isTalkOrigin", () => {
  for (const origins of [
    "",
    "https://example.org",
    "https://example.org/ http://10.0.0.7:1880",
    "https://a.example,https://b.example\nhttp://[::1]:1880",
    "${ORIGINS}",
  ])
    it(`takes ${JSON.stringify(origins)}`, () =>
      assert.equal(isTalkOrigin(origins), true));

  for (const origins of [
    "example.org",
    "*",
    "https://example.org/page",
    "ws://example.org",
    "https://",
  ])
    it(`refuses ${origins}`, () => assert.equal(isTalkOrigin(origins), false));
});
