import assert from "node:assert/strict";
import { soundCommands } from "../../lib/soundcard/command";

const STREAM = { device: "", sampleRate: 24_000, latencyMs: 40 };
const NAMED = { ...STREAM, device: "hw:1,0; reboot" };

describe("soundCommands", () => {
  it("records raw mono PCM16 with each program", () => {
    assert.deepEqual(
      soundCommands("record", "auto", STREAM).map(({ program, args }) =>
        [program, ...args].join(" "),
      ),
      [
        "parec --raw --format=s16le --rate=24000 --channels=1 --latency-msec=40 --client-name=Node-RED",
        "arecord --file-type=raw --format=S16_LE --rate=24000 --channels=1 --buffer-time=320000 --period-time=40000",
        "sox --no-show-progress --buffer 1920 --rate 24000 --channels 1 --default-device --type raw --encoding signed-integer --bits 16 --endian little --rate 24000 --channels 1 -",
      ],
    );
  });

  it("plays raw mono PCM16 with each program", () => {
    assert.deepEqual(
      soundCommands("play", "auto", { ...STREAM, latencyMs: 100 }).map(
        ({ program, args }) => [program, ...args].join(" "),
      ),
      [
        "pacat --raw --format=s16le --rate=24000 --channels=1 --latency-msec=100 --client-name=Node-RED",
        "aplay --file-type=raw --format=S16_LE --rate=24000 --channels=1 --buffer-time=100000 --period-time=25000",
        "sox --no-show-progress --buffer 1200 --type raw --encoding signed-integer --bits 16 --endian little --rate 24000 --channels 1 - --rate 24000 --channels 1 --default-device",
      ],
    );
  });

  it("hands the device over as one argument, or in the environment for sox", () => {
    for (const direction of ["record", "play"] as const) {
      const [pulse, alsa, sox] = soundCommands(direction, "auto", NAMED);
      assert.equal(pulse?.args.at(-1), "--device=hw:1,0; reboot");
      assert.equal(alsa?.args.at(-1), "--device=hw:1,0; reboot");
      assert.deepEqual(sox?.env, { AUDIODEV: "hw:1,0; reboot" });
      assert.ok(!sox.args.some((each) => each.includes("reboot")));
    }
  });

  it("takes only the program that is chosen", () => {
    const commands = soundCommands("play", "aplay", STREAM);
    assert.deepEqual(
      commands.map(({ program }) => program),
      ["aplay"],
    );
  });

  it("never gives sox a buffer that it refuses", () => {
    const [command] = soundCommands("play", "sox", {
      device: "",
      sampleRate: 4_000,
      latencyMs: 20,
    });
    assert.equal(command?.args[2], "64");
  });

  for (const device of ["-D", "--version", "a\nb", "a\0b", "x".repeat(257)])
    it(`refuses ${JSON.stringify(device.slice(0, 10))} as the name of a device`, () => {
      assert.throws(
        () => soundCommands("play", "auto", { ...STREAM, device }),
        {
          name: "SoundCardError",
          code: "device-name",
        },
      );
    });
});
