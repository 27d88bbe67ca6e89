import assert from "node:assert/strict";
import { takeTicket } from "../../page/model/fragment";
import { chooseLanguage } from "../../page/model/language";
import { microphoneFault } from "../../page/model/microphone-fault";
import { PREFERENCES, readPreferences } from "../../page/model/preferences";
import { Streams } from "../../page/model/streams";
import { TalkButton } from "../../page/model/talk-button";

describe("Choices of the page", () => {
  const wishes: readonly (readonly [readonly string[], string])[] = [
    [["de-AT", "en"], "de"],
    [["nl", "fr-CA"], "fr"],
    [["zh"], "zh-CN"],
    [["zh-Hans-TW"], "zh-TW"],
    [["zh-HK"], "zh-TW"],
    [["zh-Hant"], "zh-TW"],
    [["pt-PT"], "pt-BR"],
    [["en-GB"], "en-US"],
    [["xx", ""], "en-US"],
    [[], "en-US"],
  ];
  for (const [wanted, language] of wishes)
    it(`reads ${wanted.join(", ") || "no wish"} as ${language}`, () => {
      assert.equal(chooseLanguage(wanted), language);
    });

  it("takes the ticket out of the address and leaves the rest", () => {
    assert.deepEqual(takeTicket("#ticket=a.b-c_d"), {
      ticket: "a.b-c_d",
      rest: "",
    });
    assert.deepEqual(takeTicket("#x=1&ticket=t"), {
      ticket: "t",
      rest: "#x=1",
    });
    assert.deepEqual(takeTicket(""), { ticket: undefined, rest: "" });
    assert.deepEqual(takeTicket("#ticket="), { ticket: undefined, rest: "" });
  });

  it("says why there is no microphone, whatever was thrown", () => {
    const faultOf = (name: string): string =>
      microphoneFault(Object.assign(new Error(name), { name }));
    assert.equal(faultOf("NotAllowedError"), "denied");
    assert.equal(faultOf("NotFoundError"), "none");
    assert.equal(faultOf("NotReadableError"), "busy");
    assert.equal(faultOf("TypeError"), "other");
    assert.equal(microphoneFault("toString"), "other");
  });

  it("survives whatever was stored", () => {
    for (const stored of [null, "", "{", "null", "[]", '"x"', '{"mode":5}'])
      assert.deepEqual(readPreferences(stored), PREFERENCES);
    const chosen = { ...PREFERENCES, mode: "push", language: "ja" };
    assert.deepEqual(readPreferences(JSON.stringify(chosen)), chosen);
  });

  it("is heard as the mode and the keys have it", () => {
    const button = new TalkButton();
    assert.ok(button.isOpen);
    for (const how of ["down", "up", "click"] as const) button.press(how);
    assert.ok(button.isMuted && !button.isOpen);
    button.press("space-down");
    assert.ok(button.isOpen);
    button.press("space-up");
    assert.ok(!button.isOpen);
    button.setMode("push");
    assert.ok(!button.isOpen);
    button.press("down");
    assert.ok(button.isOpen);
    button.press("up");
    button.press("click");
    assert.ok(!button.isOpen);
  });

  it("plays no stream of an interrupted reply, and keeps numbers apart after a restart", () => {
    const streams = new Streams();
    const announce = (stream: number, generation: number) =>
      streams.begin({ type: "audio", stream, rate: 24_000, generation });
    const first = announce(1, 0);
    streams.flush(1);
    assert.equal(announce(2, 0), undefined);
    assert.equal(streams.remote(first ?? 0), 1, "its end is still to be told");
    assert.notEqual(announce(3, 1), undefined);
    streams.reset();
    assert.equal(streams.remote(first ?? 0), undefined);
    assert.notEqual(announce(1, 0), first);
  });
});
