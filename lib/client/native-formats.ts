import { isSameFormat, sampleFormatName, type AudioFormat } from "../audio";
import type { RequestSession } from "../protocol";

/**
 * Settings that let the service take the devices' own format, so that nothing is converted on the way.
 * @param formats - of every input of the flow; undefined where an input takes what comes
 * @see protocol.md §7.1
 */
export function nativeInput(
  formats: readonly (AudioFormat | undefined)[],
): RequestSession {
  const { name, sampleRate } = agreed(formats);
  if (
    name === "signed-integer" &&
    (sampleRate === 8_000 || sampleRate === 16_000)
  )
    return { input_audio_sampling_rate: sampleRate };
  const g711 = g711Name(name, sampleRate);
  return g711 ? { input_audio_format: g711 } : {};
}

/**
 * Settings that let the service give the devices' own format.
 * @param formats - of every output of the flow
 * @param voice - OpenAI voices give only 24 kHz and G.711
 */
export function nativeOutput(
  formats: readonly AudioFormat[],
  voice: RequestSession["voice"],
): RequestSession {
  const { name, sampleRate } = agreed(formats);
  const g711 = g711Name(name, sampleRate);
  if (g711) return { output_audio_format: g711 };
  if (name !== "signed-integer" || !givesOtherRates(voice)) return {};
  if (sampleRate === 8_000) return { output_audio_format: "pcm16_8000hz" };
  return sampleRate === 16_000 ? { output_audio_format: "pcm16_16000hz" } : {};
}

/** The mono format that all share; empty where they do not. */
function agreed(formats: readonly (AudioFormat | undefined)[]): {
  readonly name?: string;
  readonly sampleRate?: number;
} {
  const [first] = formats;
  if (!first || first.channels !== 1) return {};
  const isShared = formats.every(
    (format) => format && isSameFormat(format, first),
  );
  return isShared
    ? { name: sampleFormatName(first), sampleRate: first.sampleRate }
    : {};
}

function g711Name(
  name?: string,
  sampleRate?: number,
): "g711_ulaw" | "g711_alaw" | undefined {
  if (sampleRate !== 8_000) return undefined;
  if (name === "mu-law") return "g711_ulaw";
  return name === "a-law" ? "g711_alaw" : undefined;
}

function givesOtherRates(voice: RequestSession["voice"]): boolean {
  if (typeof voice !== "object") return false;
  return (
    voice.type.startsWith("azure-") && voice.type !== "azure-realtime-native"
  );
}
