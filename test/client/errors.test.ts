import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  ERROR_CODES,
  toVoiceLiveError,
  VoiceLiveError,
} from "../../lib/client/errors";

describe("VoiceLiveError", () => {
  it("says the cause, then the next step, in one line", () => {
    for (const [reason, nextStep, message] of [
      ["It broke", "Mend it.", "It broke. Mend it."],
      ["It broke!", "Mend it.", "It broke! Mend it."],
      ["It\n  broke\t", undefined, "It broke"],
      ["It broke", "Mend\r\nit.", "It broke. Mend it."],
    ] as const) {
      const details = nextStep === undefined ? {} : { nextStep };
      const fault = new VoiceLiveError("VOICE_LIVE_CLOSED", reason, details);
      assert.equal(fault.message, message);
    }
  });

  it("carries code, cause, severity and the service's own words", () => {
    const cause = new Error("x");
    const service = { status: 429, code: "busy" };
    const fault = new VoiceLiveError("VOICE_LIVE_BUSY", "Busy", {
      severity: "retry",
      service,
      retryAfterMs: 5_000,
      cause,
    });
    const { name, code, retryable } = fault;
    assert.deepEqual(
      { name, code, retryable },
      { name: "VoiceLiveError", code: "VOICE_LIVE_BUSY", retryable: true },
    );
    assert.equal(fault.cause, cause);
    assert.equal(fault.service, service);
    assert.equal(fault.severity, "retry");
    assert.equal(fault.retryAfterMs, 5_000);
    assert.ok(fault instanceof Error);
  });

  for (const [code, severity] of [
    ["VOICE_LIVE_ENDPOINT", "stop"],
    ["VOICE_LIVE_PAYLOAD", "report"],
    ["VOICE_LIVE_INTERNAL", "report"],
    ["VOICE_LIVE_NETWORK", "report"],
  ] as const) {
    it(`takes ${code} for «${severity}» unless it says otherwise`, () => {
      const fault = new VoiceLiveError(code, "x");
      assert.equal(fault.severity, severity);
      assert.equal(fault.retryable, false);
    });
  }

  it("has codes that are all different and all ours", () => {
    assert.equal(new Set(ERROR_CODES).size, ERROR_CODES.length);
    for (const code of ERROR_CODES) assert.match(code, /^VOICE_LIVE_[A-Z_]+$/);
  });
});

describe("toVoiceLiveError", () => {
  it("leaves ours alone", () => {
    const fault = new VoiceLiveError("VOICE_LIVE_KEY", "x");
    assert.equal(toVoiceLiveError(fault), fault);
  });

  it("gives whatever was thrown a code", () => {
    for (const [thrown, message] of [
      [new TypeError("wrong\ntype"), "wrong type"],
      ["text", "text"],
      [undefined, "undefined"],
      [Object.create(null), "[Object: null prototype] {}"],
    ] as const) {
      const fault = toVoiceLiveError(thrown);
      assert.equal(fault.code, "VOICE_LIVE_INTERNAL");
      assert.equal(
        fault.message,
        `${message}. Report it with the text of the error.`,
      );
      assert.equal(fault.cause, thrown);
    }
  });

  it("survives what cannot be looked at", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const rude = {
      [inspect.custom]() {
        throw new Error("do not look");
      },
    };
    for (const thrown of [proxy, rude]) {
      const fault = toVoiceLiveError(thrown);
      assert.equal(fault.code, "VOICE_LIVE_INTERNAL");
      assert.match(fault.message, /Report it/);
    }
  });
});
