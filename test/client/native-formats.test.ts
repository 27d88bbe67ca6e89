import assert from "node:assert/strict";
import type { AudioFormat } from "../../lib/audio";
import { nativeInput, nativeOutput } from "../../lib/client/native-formats";

function pcm16(sampleRate: number, channels = 1): AudioFormat {
  return { encoding: "signed-integer", sampleRate, channels };
}
const ULAW: AudioFormat = {
  encoding: "mu-law",
  sampleRate: 8_000,
  channels: 1,
};
const ALAW: AudioFormat = { encoding: "a-law", sampleRate: 8_000, channels: 1 };
const AZURE = { type: "azure-standard", name: "en-US-AvaNeural" } as const;
const OPENAI = { type: "openai", name: "alloy" } as const;

describe("Native formats", () => {
  const inputs: readonly [
    string,
    readonly (AudioFormat | undefined)[],
    object,
  ][] = [
    ["no input at all", [], {}],
    ["one telephone", [ULAW], { input_audio_format: "g711_ulaw" }],
    ["many telephones", [ULAW, ULAW], { input_audio_format: "g711_ulaw" }],
    ["European telephones", [ALAW, ALAW], { input_audio_format: "g711_alaw" }],
    [
      "satellites at 16 kHz",
      [pcm16(16_000)],
      { input_audio_sampling_rate: 16_000 },
    ],
    ["PCM16 at 8 kHz", [pcm16(8_000)], { input_audio_sampling_rate: 8_000 }],
    ["the service's own 24 kHz", [pcm16(24_000)], {}],
    ["48 kHz", [pcm16(48_000)], {}],
    ["G.711 at a rate it does not have", [{ ...ULAW, sampleRate: 16_000 }], {}],
    ["stereo", [pcm16(16_000, 2)], {}],
    [
      "other bytes in the same samples",
      [{ ...pcm16(16_000), byteOrder: "big" }],
      {},
    ],
    ["24-bit samples", [{ ...pcm16(16_000), bits: 24 }], {}],
    ["telephones of both kinds", [ULAW, ALAW], {}],
    ["two rates", [pcm16(16_000), pcm16(8_000)], {}],
    ["a telephone and an input that takes what comes", [ULAW, undefined], {}],
    ["an input that takes what comes, and a telephone", [undefined, ULAW], {}],
  ];
  for (const [name, formats, settings] of inputs) {
    it(`takes from ${name} ${JSON.stringify(settings)}`, () => {
      assert.deepEqual(nativeInput(formats), settings);
    });
  }

  const outputs: readonly [
    string,
    readonly AudioFormat[],
    Parameters<typeof nativeOutput>[1],
    object,
  ][] = [
    ["nobody", [], AZURE, {}],
    ["a telephone", [ULAW, ULAW], AZURE, { output_audio_format: "g711_ulaw" }],
    ["a telephone", [ULAW], OPENAI, { output_audio_format: "g711_ulaw" }],
    ["a telephone", [ALAW], undefined, { output_audio_format: "g711_alaw" }],
    [
      "16 kHz",
      [pcm16(16_000)],
      AZURE,
      { output_audio_format: "pcm16_16000hz" },
    ],
    ["8 kHz", [pcm16(8_000)], AZURE, { output_audio_format: "pcm16_8000hz" }],
    ["16 kHz", [pcm16(16_000)], OPENAI, {}],
    ["16 kHz", [pcm16(16_000)], "alloy", {}],
    ["16 kHz", [pcm16(16_000)], undefined, {}],
    ["24 kHz", [pcm16(24_000)], AZURE, {}],
    ["48 kHz", [pcm16(48_000)], AZURE, {}],
    ["two rates", [pcm16(16_000), pcm16(8_000)], AZURE, {}],
    ["a telephone and a card", [ULAW, pcm16(24_000)], AZURE, {}],
  ];
  for (const [name, formats, voice, settings] of outputs) {
    it(`gives ${name} with the voice ${JSON.stringify(voice)} ${JSON.stringify(settings)}`, () => {
      assert.deepEqual(nativeOutput(formats, voice), settings);
    });
  }
});
