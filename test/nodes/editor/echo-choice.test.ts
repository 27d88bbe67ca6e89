import assert from "node:assert/strict";
import {
  chooseEcho,
  echoAfterEdit,
  shownEcho,
} from "../../../nodes/editor/echo-choice";
import type { Settings } from "../../../nodes/editor/json-path";

const SERVER = { type: "server_echo_cancellation" };
const CLIENT = { ...SERVER, reference_source: "client", channels: 2 };

const asking = (value?: unknown): Settings =>
  value === undefined ? {} : { input_audio_echo_cancellation: value };

describe("echo in the session dialog", () => {
  describe("shownEcho", () => {
    const SHOWN: readonly [echo: string, asked: unknown, shown: string][] = [
      ["none", undefined, "none"],
      ["none", SERVER, "server"],
      ["none", { ...SERVER, reference_source: "server" }, "server"],
      ["none", CLIENT, "client"],
      ["none", null, "none"],
      ["server", undefined, "server"],
      ["server", null, "none"],
      ["server", CLIENT, "client"],
      ["client", undefined, "client"],
      ["client", CLIENT, "client"],
      ["client", null, "none"],
      ["client", SERVER, "server"],
      ["half-duplex", undefined, "half-duplex"],
      ["half-duplex", null, "half-duplex"],
      ["half-duplex", SERVER, "half-duplex"],
      ["none", { type: "future" }, "future"],
    ];
    for (const [echo, asked, shown] of SHOWN) {
      it(`shows ${shown} for ${echo} beside ${JSON.stringify(asked) ?? "no setting"}`, () => {
        assert.equal(shownEcho({ echo, settings: asking(asked) }), shown);
      });
    }
  });

  describe("chooseEcho", () => {
    it("asks the service for cancellation, alone or with a reference of two channels", () => {
      assert.deepEqual(chooseEcho({}, "server"), {
        echo: "server",
        settings: asking(SERVER),
      });
      assert.deepEqual(chooseEcho({}, "client"), {
        echo: "client",
        settings: asking(CLIENT),
      });
    });

    it("asks for no reference any more when the service is to cancel alone", () => {
      assert.deepEqual(
        chooseEcho(asking(CLIENT), "server").settings,
        asking(SERVER),
      );
    });

    for (const choice of ["none", "half-duplex"]) {
      it(`takes the setting out for ${choice} and leaves the others`, () => {
        const settings = { instructions: "Hi", ...asking(CLIENT) };
        assert.deepEqual(chooseEcho(settings, choice), {
          echo: choice,
          settings: { instructions: "Hi" },
        });
      });
    }

    it("takes out an explicit null as well", () => {
      assert.deepEqual(chooseEcho(asking(null), "none").settings, {});
    });

    it("keeps members that the dialog does not know", () => {
      assert.deepEqual(
        chooseEcho(asking({ ...SERVER, future: 1 }), "client").settings,
        asking({ ...CLIENT, future: 1 }),
      );
    });

    it("leaves a kind of cancellation that we do not know to the settings", () => {
      assert.deepEqual(chooseEcho({}, "future"), {
        echo: "none",
        settings: asking({ type: "future" }),
      });
    });

    it("leaves the object it was given alone", () => {
      const settings = asking(SERVER);
      chooseEcho(settings, "client");
      assert.deepEqual(settings, asking(SERVER));
    });

    it("shows what was chosen", () => {
      for (const choice of ["none", "server", "client", "half-duplex"])
        for (const before of [undefined, null, SERVER, CLIENT])
          assert.equal(shownEcho(chooseEcho(asking(before), choice)), choice);
    });
  });

  describe("echoAfterEdit", () => {
    const EDITS: readonly [
      echo: string,
      before: unknown,
      after: unknown,
      result: string,
    ][] = [
      ["none", SERVER, SERVER, "none"],
      ["none", SERVER, { ...SERVER, future: 1 }, "none"],
      ["half-duplex", SERVER, SERVER, "half-duplex"],
      ["none", undefined, CLIENT, "client"],
      ["none", SERVER, CLIENT, "client"],
      ["client", CLIENT, SERVER, "server"],
      ["client", CLIENT, undefined, "none"],
      ["client", CLIENT, null, "none"],
      ["server", SERVER, undefined, "none"],
      ["half-duplex", undefined, SERVER, "server"],
      ["half-duplex", undefined, null, "half-duplex"],
      ["half-duplex", undefined, { type: "future" }, "none"],
      ["server", SERVER, { type: "future" }, "none"],
    ];
    for (const [echo, before, after, result] of EDITS) {
      it(`makes ${result} of ${echo} when ${JSON.stringify(before) ?? "nothing"} becomes ${JSON.stringify(after) ?? "nothing"}`, () => {
        const chosen = { echo, settings: asking(before) };
        assert.equal(echoAfterEdit(chosen, asking(after)), result);
      });
    }

    it("comes back to what was chosen when the text does", () => {
      const chosen = chooseEcho({}, "half-duplex");
      assert.equal(echoAfterEdit(chosen, asking(SERVER)), "server");
      assert.equal(echoAfterEdit(chosen, {}), "half-duplex");
    });
  });
});
