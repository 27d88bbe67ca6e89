import assert from "node:assert/strict";
import microphone from "../../nodes/voice-live-microphone";
import { useSoundNode } from "../soundcard/node-flow";

const TYPE = "voice-live-microphone";
/** Records 40 ms of the same sample, over and over, at about the speed of a card. */
const PAREC = `while :; do head -c 1920 /dev/zero | tr '\\0' '\\100'; sleep 0.04; done`;

describe(TYPE, function () {
  // The programs are shell scripts.
  before(function () {
    if (process.platform === "win32") this.skip();
  });
  const flow = useSoundNode(microphone);

  it("emits what its device records as audio messages, in memory of their own", async () => {
    flow.programs({ parec: PAREC });
    await flow.load(TYPE);
    await flow.until("two messages", () => flow.sent.length > 1);
    const [one, other] = flow.sent as { payload: Buffer }[];
    const { payload, _msgid, ...properties } = flow.sent[0]!;
    assert.deepEqual(properties, {
      rate: 24_000,
      channels: 1,
      bits: 16,
      encoding: "signed-integer",
      format: "raw",
    });
    assert.ok(Buffer.isBuffer(payload));
    assert.equal(payload.toString("hex"), "40".repeat(1_920));
    assert.notEqual(one!.payload.buffer, other!.payload.buffer);
  });

  it("takes rate and length of a chunk from its settings", async () => {
    flow.programs({ parec: PAREC });
    await flow.load(TYPE, { rate: 16_000, chunkMs: 20 });
    await flow.until("a message", () => flow.sent.length > 0);
    const { rate, payload } = flow.sent[0] as { rate: number; payload: Buffer };
    assert.equal(rate, 16_000);
    assert.equal(payload.length, 640);
  });

  it("shows the level once a second", async () => {
    flow.programs({ parec: PAREC });
    await flow.load(TYPE);
    await flow.until("a level", () =>
      flow.statuses.includes("green dot voice-live-microphone.status.level"),
    );
    assert.deepEqual(flow.statuses, [
      "grey ring voice-live-microphone.status.stopped",
      "yellow ring voice-live-microphone.status.starting",
      "green dot voice-live-microphone.status.level",
    ]);
  });

  for (const [start, stop] of [
    [true, false],
    ["start", "stop"],
  ])
    it(`starts on ${start} and stops on ${stop}`, async () => {
      flow.programs({ parec: PAREC });
      await flow.load(TYPE, { autostart: false });
      assert.deepEqual(flow.statuses, [
        "grey ring voice-live-microphone.status.stopped",
      ]);
      assert.ifError(await flow.send({ payload: start }));
      await flow.until("a message", () => flow.sent.length > 0);
      assert.ifError(await flow.send({ payload: stop }));
      await flow.until(
        "the end",
        () =>
          flow.statuses.at(-1) ===
          "grey ring voice-live-microphone.status.stopped",
      );
      const { length } = flow.sent;
      assert.ifError(await flow.send({ payload: start }));
      await flow.until("a message", () => flow.sent.length > length);
    });

  it("refuses a payload that says neither", async () => {
    flow.programs({ parec: PAREC });
    await flow.load(TYPE, { autostart: false });
    assert.equal((await flow.send({ payload: 1 }))?.code, "VOICE_LIVE_PAYLOAD");
  });

  it("says what to install when there is no program", async () => {
    flow.programs({});
    await flow.load(TYPE);
    await flow.until("the error", () => flow.caught.length > 0);
    assert.equal(flow.caught[0]?.code, "VOICE_LIVE_AUDIO");
    assert.match(
      flow.caught[0].message,
      /No program for sound is installed\. Install alsa-utils or pulseaudio-utils or sox\.$/,
    );
    assert.equal(
      flow.statuses.at(-1),
      "red ring voice-live-microphone.status.fault.no-program",
    );
  });

  it("tells Catch once of a device that stays busy, and goes on when it is free", async () => {
    flow.programs({
      arecord: `test -e "$0.free" && { ${PAREC}; }; touch "$0.tried"; test -e "$0.tried2" && touch "$0.free"; touch "$0.tried2"; echo "arecord: main:831: audio open error: Device or resource busy" >&2; exit 1`,
    });
    await flow.load(TYPE, { device: "hw:1,0" });
    await flow.until("sound", () => flow.sent.length > 0);
    assert.equal(flow.caught.length, 1);
    assert.match(
      flow.caught[0]!.message,
      /Sound device hw:1,0 is in use by another program\. /,
    );
  });

  it("refuses a device that looks like an option, and every message", async () => {
    flow.programs({ parec: PAREC });
    await flow.load(TYPE, { device: "--version" });
    await flow.until("the error", () => flow.caught.length > 0);
    assert.equal(flow.caught[0]?.code, "VOICE_LIVE_CONFIGURATION");
    assert.equal(
      (await flow.send({ payload: true }))?.code,
      "VOICE_LIVE_CONFIGURATION",
    );
    assert.equal(flow.sent.length, 0);
  });

  it("lists the devices of the chosen program for its dialog", async () => {
    flow.programs({
      pactl: `test "$*" = "list short sources" && printf '0\\tsource one\\tdriver\\n'`,
      arecord: `test "$*" = "--list-pcms" && echo card-one`,
    });
    await flow.load(TYPE, { autostart: false });
    const devices = async (program: string): Promise<unknown> =>
      (await flow.request(`/${TYPE}/devices?program=${program}`)).body;
    assert.deepEqual(await devices("auto"), [
      { name: "source one", label: "source one" },
    ]);
    assert.deepEqual(await devices("arecord"), [
      { name: "card-one", label: "card-one" },
    ]);
    flow.programs({});
    assert.deepEqual(await devices("auto"), []);
  });
});
