import assert from "node:assert/strict";
import {
  parseAlsaDevices,
  parsePulseDevices,
} from "../../lib/soundcard/device-lists";

const PULSE = `0\talsa_output.usb-Jabra_410-00.analog-stereo.monitor\tmodule-alsa-card.c\ts16le 2ch 48000Hz\tSUSPENDED
1\talsa_input.usb-Jabra_410-00.mono-fallback\tmodule-alsa-card.c\ts16le 1ch 16000Hz\tRUNNING
`;

const ALSA = `null
    Discard all samples (playback) or generate zero samples (capture)
default
speexrate
    Rate Converter Plugin Using Speex Resampler
hw:CARD=Device,DEV=0
    USB PnP Sound Device, USB Audio
    Direct hardware device without any conversions
plughw:CARD=Device,DEV=0
    USB PnP Sound Device, USB Audio
    Hardware device with all software conversions
usbstream:CARD=Device
    USB PnP Sound Device
    USB Stream Output
`;

describe("lists of sound devices", () => {
  it("names the sources or sinks of a sound server", () => {
    assert.deepEqual(
      parsePulseDevices(PULSE).map(({ name }) => name),
      [
        "alsa_output.usb-Jabra_410-00.analog-stereo.monitor",
        "alsa_input.usb-Jabra_410-00.mono-fallback",
      ],
    );
  });

  it("names the devices of ALSA and what they are, without its converters", () => {
    assert.deepEqual(parseAlsaDevices(ALSA), [
      { name: "default", label: "default" },
      {
        name: "hw:CARD=Device,DEV=0",
        label:
          "USB PnP Sound Device, USB Audio, Direct hardware device without any conversions",
      },
      {
        name: "plughw:CARD=Device,DEV=0",
        label:
          "USB PnP Sound Device, USB Audio, Hardware device with all software conversions",
      },
    ]);
  });

  it("is empty where nothing is listed", () => {
    assert.deepEqual(parsePulseDevices("\n"), []);
    assert.deepEqual(parseAlsaDevices("    lost line\n\n"), []);
  });
});
