import assert from "node:assert/strict";
import {
  diagnoseClose,
  diagnoseResponse,
  diagnoseServiceError,
  diagnoseSocket,
  diagnoseTranscription,
  diagnoseUpgrade,
} from "../../lib/client/diagnosis";
import { VoiceLiveError, type ErrorCode } from "../../lib/client/errors";

const STATUSES: readonly (readonly [number, ErrorCode, boolean])[] = [
  [301, "VOICE_LIVE_ENDPOINT", false],
  [302, "VOICE_LIVE_ENDPOINT", false],
  [308, "VOICE_LIVE_ENDPOINT", false],
  [400, "VOICE_LIVE_BAD_REQUEST", false],
  [401, "VOICE_LIVE_UNAUTHORIZED", false],
  [403, "VOICE_LIVE_FORBIDDEN", false],
  [404, "VOICE_LIVE_NOT_FOUND", false],
  [407, "VOICE_LIVE_PROXY", false],
  [408, "VOICE_LIVE_TIMEOUT", true],
  [418, "VOICE_LIVE_BAD_REQUEST", false],
  [426, "VOICE_LIVE_ENDPOINT", false],
  [429, "VOICE_LIVE_BUSY", true],
  [500, "VOICE_LIVE_UNAVAILABLE", true],
  [502, "VOICE_LIVE_UNAVAILABLE", true],
  [503, "VOICE_LIVE_UNAVAILABLE", true],
  [504, "VOICE_LIVE_UNAVAILABLE", true],
];

describe("diagnoseUpgrade", () => {
  for (const [status, code, retryable] of STATUSES) {
    it(`takes ${status} for ${code}, ${retryable ? "to be tried again" : "for a person to mend"}`, () => {
      const fault = diagnoseUpgrade(status, "");
      assert.equal(fault.code, code);
      assert.equal(fault.retryable, retryable);
      assert.equal(fault.service?.status, status);
      assert.ok(fault.nextStep);
      assert.match(fault.message, new RegExp(`\\(${status}\\)`));
    });
  }

  it("quotes the service's words from both shapes of body", () => {
    for (const body of [
      '{"error":{"code":"PermissionDenied","message":"No\\nrole"}}',
      '{"code":"PermissionDenied","message":"No role"}',
    ]) {
      const fault = diagnoseUpgrade(403, body);
      assert.match(fault.message, /\(403: No role\)/);
      assert.equal(fault.service?.code, "PermissionDenied");
    }
  });

  it("is content with any body", () => {
    for (const body of [
      "<html>Bad gateway</html>",
      "null",
      "[]",
      '"text"',
      "{",
      '{"error":null}',
      '{"error":"text"}',
      '{"error":{"message":5}}',
    ])
      assert.match(diagnoseUpgrade(502, body).message, /\(502\)/, body);
  });

  it("never repeats a key from the body", () => {
    const body = JSON.stringify({
      message: "Key 0123456789abcdef0123456789abcdef is wrong",
    });
    assert.doesNotMatch(diagnoseUpgrade(401, body).message, /0123456789abcdef/);
  });
});

const ERRNOS: readonly (readonly [string, ErrorCode, boolean])[] = [
  ["ENOTFOUND", "VOICE_LIVE_NETWORK", true],
  ["EAI_AGAIN", "VOICE_LIVE_NETWORK", true],
  ["ECONNREFUSED", "VOICE_LIVE_NETWORK", true],
  ["ECONNRESET", "VOICE_LIVE_NETWORK", true],
  ["EPIPE", "VOICE_LIVE_NETWORK", true],
  ["EHOSTUNREACH", "VOICE_LIVE_NETWORK", true],
  ["ENETUNREACH", "VOICE_LIVE_NETWORK", true],
  ["ETIMEDOUT", "VOICE_LIVE_TIMEOUT", true],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "VOICE_LIVE_TLS", false],
  ["CERT_HAS_EXPIRED", "VOICE_LIVE_TLS", false],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "VOICE_LIVE_TLS", false],
  ["SELF_SIGNED_CERT_IN_CHAIN", "VOICE_LIVE_TLS", false],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "VOICE_LIVE_TLS", false],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "VOICE_LIVE_TLS", false],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "VOICE_LIVE_TLS", false],
  ["EPROTO", "VOICE_LIVE_TLS", false],
  ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "VOICE_LIVE_FRAME", true],
  ["WS_ERR_INVALID_UTF8", "VOICE_LIVE_FRAME", true],
  ["EWHATEVER", "VOICE_LIVE_NETWORK", true],
];

describe("diagnoseSocket", () => {
  for (const [errno, code, retryable] of ERRNOS) {
    it(`takes ${errno} for ${code}`, () => {
      const cause = Object.assign(new Error("secret text"), { code: errno });
      const fault = diagnoseSocket(cause);
      assert.equal(fault.code, code);
      assert.equal(fault.retryable, retryable);
      assert.match(fault.message, new RegExp(`\\(${errno}\\)`));
      assert.doesNotMatch(fault.message, /secret text/);
      assert.equal(fault.cause, cause);
      assert.ok(fault.nextStep);
    });
  }

  it("looks into the attempts on several addresses", () => {
    const first = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
    const fault = diagnoseSocket(new AggregateError([first, first]));
    assert.match(fault.message, /refuses connections \(ECONNREFUSED\)/);
  });

  it("says at which host", () => {
    const cause = Object.assign(new Error("x"), { code: "ENOTFOUND" });
    assert.match(
      diagnoseSocket(cause, "gateway.example:443").message,
      /name is not known \(ENOTFOUND at gateway\.example:443\)/,
    );
    assert.match(
      diagnoseSocket(new Error("x"), "gateway.example:443").message,
      /connection failed \(gateway\.example:443\)/,
    );
  });

  it("has an answer to what has no code", () => {
    for (const cause of [new Error("x"), "x", undefined, null, { code: 5 }])
      assert.equal(diagnoseSocket(cause).code, "VOICE_LIVE_NETWORK");
  });

  it("leaves a fault that is named already", () => {
    const fault = new VoiceLiveError("VOICE_LIVE_TLS", "x");
    assert.equal(diagnoseSocket(fault), fault);
  });
});

describe("diagnoseClose of 1001", () => {
  it("does not claim to know the reason", () => {
    assert.match(
      diagnoseClose(1001, "going down").message,
      /when it restarts or after a session's maximum length \(1001: going down\)/,
    );
  });
});

const CLOSES: readonly (readonly [number, ErrorCode, boolean])[] = [
  [1000, "VOICE_LIVE_CLOSED", true],
  [1001, "VOICE_LIVE_CLOSED", true],
  [1005, "VOICE_LIVE_CLOSED", true],
  [1006, "VOICE_LIVE_NETWORK", true],
  [1008, "VOICE_LIVE_CLOSED", false],
  [1009, "VOICE_LIVE_FRAME", true],
  [1011, "VOICE_LIVE_UNAVAILABLE", true],
  [4000, "VOICE_LIVE_CLOSED", true],
];

describe("diagnoseClose", () => {
  for (const [close, code, retryable] of CLOSES) {
    it(`takes ${close} for ${code}, ${retryable ? "to be opened again" : "final"}`, () => {
      const fault = diagnoseClose(close, "");
      assert.equal(fault.code, code);
      assert.equal(fault.retryable, retryable);
      assert.equal(fault.service?.status, close);
      assert.match(fault.message, new RegExp(`\\(${close}\\)`));
    });
  }

  it("quotes the peer in one line", () => {
    assert.match(
      diagnoseClose(1011, "out of\r\n memory").message,
      /\(1011: out of memory\)/,
    );
  });
});

describe("diagnoseServiceError", () => {
  it("names code, place and words, and keeps the service's members", () => {
    const fault = diagnoseServiceError({
      type: "invalid_request_error",
      code: "invalid_value",
      param: "session.voice",
      message: "No such\nvoice",
      event_id: "event_1",
    });
    assert.equal(fault.code, "VOICE_LIVE_SERVICE");
    assert.equal(fault.retryable, false);
    assert.equal(
      fault.message,
      "The service does not accept a value (invalid_value at session.voice: No such voice). The conversation goes on; correct the setting or message.",
    );
    assert.deepEqual(fault.service, {
      type: "invalid_request_error",
      code: "invalid_value",
      param: "session.voice",
      eventId: "event_1",
    });
  });

  it("falls back to the type where there is no code", () => {
    for (const code of [null, undefined, ""]) {
      const fault = diagnoseServiceError({
        type: "server_error",
        message: "x",
        ...(code !== undefined && { code }),
      });
      assert.equal(
        fault.message,
        "The service failed at a request (server_error: x). The conversation goes on; send it again.",
      );
      assert.equal(fault.severity, "report");
    }
  });

  it("knows the end of a session", () => {
    const fault = diagnoseServiceError({
      type: "invalid_request_error",
      code: "session_expired",
      message: "60 minutes",
    });
    assert.equal(fault.code, "VOICE_LIVE_EXPIRED");
    assert.equal(fault.retryable, true);
  });

  it("shows long codes in full", () => {
    const code = "conversation_already_has_active_response";
    const fault = diagnoseServiceError({ type: "x", code, message: "y" });
    assert.match(fault.message, new RegExp(code));
  });
});

describe("diagnoseTranscription and diagnoseResponse", () => {
  it("quote what the service says", () => {
    const spoken = diagnoseTranscription({ type: "x", message: "too quiet" });
    assert.equal(spoken.code, "VOICE_LIVE_TRANSCRIPTION");
    assert.match(spoken.message, /not transcribed \(too quiet\)/);
    const failed = (error: unknown): string =>
      diagnoseResponse({
        id: "resp_1",
        status: "failed",
        status_details: { type: "failed", error },
      }).message;
    const next = "The conversation goes on; ask again.";
    for (const [error, said] of [
      [
        { type: "server_error", code: "rate_limit_exceeded", message: "slow" },
        "The reply failed because the quota is used up (rate_limit_exceeded: slow). The conversation goes on; wait a little, or ask for a larger quota in the portal.",
      ],
      [{ type: "server_error" }, `The reply failed (server_error). ${next}`],
      [null, `The reply failed. ${next}`],
      ["text", `The reply failed. ${next}`],
    ] as const)
      assert.equal(failed(error), said);
  });
});
