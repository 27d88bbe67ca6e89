import assert from "node:assert/strict";
import {
  ECHO_MODES,
  echoSettings,
  wantsReference,
  type EchoMode,
} from "../../lib/client/echo";

describe("Echo modes", () => {
  const settings: Readonly<Record<EchoMode, object>> = {
    none: {},
    server: {
      input_audio_echo_cancellation: { type: "server_echo_cancellation" },
    },
    client: {
      input_audio_echo_cancellation: {
        type: "server_echo_cancellation",
        reference_source: "client",
        channels: 2,
      },
    },
    "half-duplex": {},
  };

  for (const mode of ECHO_MODES) {
    it(`${mode} asks the service for ${JSON.stringify(settings[mode])}`, () => {
      assert.deepEqual(echoSettings(mode), settings[mode]);
    });
  }

  it("only the client's own reference takes a second channel", () => {
    assert.deepEqual(
      ECHO_MODES.filter((mode) => wantsReference(echoSettings(mode))),
      ["client"],
    );
    assert.equal(
      wantsReference({ input_audio_echo_cancellation: null }),
      false,
    );
  });
});
