import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  Converter,
  parseWav,
  SAMPLE_FORMAT_NAMES,
  SAMPLE_FORMATS,
} from "../../../lib/audio";
import {
  AUDIO_PRESET_NAMES,
  AUDIO_PRESETS,
  type AudioPreset,
  type AudioPresetName,
} from "../../../nodes/shared/audio-presets";
import { DeviceStream } from "../../../nodes/shared/device-stream";
import type { FlowMessage } from "../../../nodes/shared/messages";
import { readerSettings } from "../../../nodes/shared/reader-settings";
import {
  audioProperties,
  givenEncoding,
} from "../../../nodes/shared/write-audio";
import { writerSettings } from "../../../nodes/shared/writer-settings";
import { tone } from "../../audio/signals";

/** Properties of a message that audio out sends with this configuration, for a reply of 200 ms. */
function written(config: object): {
  sent: Buffer;
  msg: FlowMessage;
} {
  const settings = writerSettings(config);
  const encoding = givenEncoding(settings);
  const converter = new Converter({
    from: {
      encoding: "signed-integer",
      sampleRate: settings.rate,
      channels: 1,
    },
    to: { encoding, sampleRate: settings.rate },
  });
  const pcm = tone(440, settings.rate, settings.rate / 5, 0.5);
  const sent = converter.push(pcm);
  return { sent, msg: { _msgid: "1", ...audioProperties(sent, settings) } };
}

function rootOf(folder: string): string {
  return existsSync(path.join(folder, "package.json"))
    ? folder
    : rootOf(path.dirname(folder));
}

/** Values of a select in a dialog. */
function offered(node: string, property: string): string[] {
  const html = readFileSync(
    path.join(rootOf(__dirname), `nodes/${node}.html`),
    "utf8",
  );
  const select = new RegExp(
    `<select[^>]*id="node-input-${property}"[^>]*>([\\s\\S]*?)</select>`,
  ).exec(html);
  return [...(select?.[1] ?? "").matchAll(/value="([^"]+)"/g)].map(
    ([, value]) => value!,
  );
}

describe("Audio presets", () => {
  for (const format of AUDIO_PRESET_NAMES) {
    it(`${format} is read as it was written, without a warning`, () => {
      const { sent, msg } = written({ format });
      const { property = "payload" }: AudioPreset = AUDIO_PRESETS[format];
      // A device says nothing about its audio but the audio itself.
      const bare = { _msgid: "1", [property]: msg[property] };
      const warnings: string[] = [];
      const stream = new DeviceStream(
        { ...readerSettings({ format }), mix: "mean" },
        (text) => warnings.push(text),
      );
      const input = stream.read(bare);
      assert.equal(input.audio.compare(sent), 0);
      const { rate, encoding } = AUDIO_PRESETS[format];
      assert.deepEqual(
        [input.format.sampleRate, input.format.encoding],
        [rate, encoding],
      );
      assert.deepEqual(warnings, []);
    });
  }

  const sends: Readonly<Record<AudioPresetName, object>> = {
    "raw-16k": {
      rate: 16_000,
      bits: 16,
      encoding: "signed-integer",
      format: "raw",
    },
    "raw-48k": {
      rate: 48_000,
      bits: 16,
      encoding: "signed-integer",
      format: "raw",
    },
    "telephone-mu-law": {
      rate: 8_000,
      bits: 8,
      encoding: "mu-law",
      format: "raw",
    },
    "telephone-a-law": {
      rate: 8_000,
      bits: 8,
      encoding: "a-law",
      format: "raw",
    },
    "sox-utils": {
      rate: 16_000,
      bits: 16,
      encoding: "signed-integer",
      format: "wav",
    },
    "dashboard-wav": {
      rate: 24_000,
      bits: 16,
      encoding: "signed-integer",
      format: "wav",
    },
    "dashboard-2": {
      rate: 24_000,
      bits: 16,
      encoding: "signed-integer",
      format: "wav",
    },
    speakerpi: {
      rate: 22_050,
      bits: 16,
      encoding: "signed-integer",
      format: "wav",
    },
  };
  for (const [format, expected] of Object.entries(sends)) {
    it(`${format} says what it sends`, () => {
      const { msg } = written({ format });
      const { rate, bits, encoding, format: form } = msg;
      assert.deepEqual({ rate, bits, encoding, format: form }, expected);
    });
  }

  it("dashboard-2 is a data URL with a WAV", () => {
    const { sent, msg } = written({ format: "dashboard-2" });
    const [start, base64] = String(msg.payload).split(",");
    assert.equal(start, "data:audio/wav;base64");
    assert.equal(
      parseWav(Buffer.from(base64!, "base64")).data.compare(sent),
      0,
    );
  });

  it("speakerpi has a WAV in msg.speech, and its rate and bits under the names of that node", () => {
    const { sent, msg } = written({ format: "speakerpi" });
    assert.equal(parseWav(msg["speech"] as Buffer).data.compare(sent), 0);
    const { channels, samplerate, bitdepth, payload } = msg;
    assert.deepEqual([channels, samplerate, bitdepth], [1, 22_050, 16]);
    assert.equal(payload, undefined);
  });

  it("stand for all settings of the node", () => {
    const config = {
      format: "raw-16k",
      rate: 8_000,
      encoding: "mu-law",
      as: "base64",
      channels: 2,
    };
    assert.deepEqual(writerSettings(config), {
      rate: 16_000,
      encoding: "signed-integer",
      format: "raw",
      as: "buffer",
    });
    assert.equal(readerSettings(config).rawFormat.channels, 1);
    assert.equal(readerSettings(config).rawFormat.sampleRate, 16_000);
  });

  it("are what the dialogs offer, beside the general formats", () => {
    const names = [...AUDIO_PRESET_NAMES];
    assert.deepEqual(offered("voice-live-audio-in", "format"), [
      "auto",
      "raw",
      "wav",
      ...names,
    ]);
    assert.deepEqual(offered("voice-live-audio-out", "format"), [
      "raw",
      "wav",
      ...names,
    ]);
    assert.deepEqual(offered("voice-live-convert", "fromFormat"), [
      "auto",
      "raw",
      "wav",
      ...names,
    ]);
    assert.deepEqual(offered("voice-live-convert", "format"), [
      "raw",
      "wav",
      ...names,
    ]);
  });
});

describe("Sample formats in the dialogs", () => {
  it("are those that there are", () => {
    for (const [node, property] of [
      ["voice-live-audio-in", "encoding"],
      ["voice-live-audio-out", "encoding"],
      ["voice-live-convert", "fromEncoding"],
      ["voice-live-convert", "encoding"],
    ] as const)
      assert.deepEqual(offered(node, property), [...SAMPLE_FORMAT_NAMES], node);
  });
});

describe("audioProperties", () => {
  for (const encoding of SAMPLE_FORMAT_NAMES)
    for (const format of ["raw", "wav"])
      for (const channels of [1, 2])
        it(`writes ${encoding} as ${format} with ${channels} channels so that it is read back`, () => {
          const { msg } = written({ encoding, format, channels, rate: 16_000 });
          const stream = new DeviceStream(
            { ...readerSettings({}), mix: "right" },
            assert.fail,
          );
          const { audio, format: read } = stream.read(msg);
          assert.deepEqual(
            [read.sampleRate, msg["channels"]],
            [16_000, channels],
          );
          const pcm = new Converter({
            from: read,
            to: { encoding: "signed-integer", sampleRate: 16_000 },
          }).push(audio);
          const original = tone(440, 16_000, 3_200, 0.5);
          assert.equal(pcm.length, original.length);
          const worst = SAMPLE_FORMATS[encoding].bits === 8 ? 600 : 0;
          for (let at = 0; at < pcm.length; at += 2)
            assert.ok(
              Math.abs(pcm.readInt16LE(at) - original.readInt16LE(at)) <= worst,
            );
        });
});
