import type { MonoFormat } from "../audio";
import type { RequestSession } from "../protocol";

/**
 * Settings that let the service take the devices' own format, so that nothing is converted on the way.
 * @param formats - of every input of the flow; undefined where an input takes what comes
 * @see protocol.md §7.1
 */
export function nativeInput(
  formats: readonly (MonoFormat | undefined)[],
): RequestSession {
  const format = agreed(formats);
  if (!format) return {};
  if (format.encoding === "signed-integer") {
    const isOffered =
      format.sampleRate === 8_000 || format.sampleRate === 16_000;
    return isOffered ? { input_audio_sampling_rate: format.sampleRate } : {};
  }
  const name = g711Name(format);
  return name ? { input_audio_format: name } : {};
}

/**
 * Settings that let the service give the devices' own format.
 * @param formats - of every output of the flow
 * @param voice - OpenAI voices give only 24 kHz and G.711
 */
export function nativeOutput(
  formats: readonly MonoFormat[],
  voice: RequestSession["voice"],
): RequestSession {
  const format = agreed(formats);
  if (!format) return {};
  const name = g711Name(format);
  if (name) return { output_audio_format: name };
  const isAzure =
    typeof voice === "object" &&
    voice.type.startsWith("azure-") &&
    voice.type !== "azure-realtime-native";
  if (!isAzure || format.encoding !== "signed-integer") return {};
  if (format.sampleRate === 8_000)
    return { output_audio_format: "pcm16_8000hz" };
  return format.sampleRate === 16_000
    ? { output_audio_format: "pcm16_16000hz" }
    : {};
}

function agreed(
  formats: readonly (MonoFormat | undefined)[],
): MonoFormat | undefined {
  const first = formats[0];
  const isSame = formats.every(
    (format) =>
      format?.encoding === first?.encoding &&
      format?.sampleRate === first?.sampleRate,
  );
  return isSame ? first : undefined;
}

function g711Name({
  encoding,
  sampleRate,
}: MonoFormat): "g711_ulaw" | "g711_alaw" | undefined {
  if (sampleRate !== 8_000) return undefined;
  if (encoding === "mu-law") return "g711_ulaw";
  return encoding === "a-law" ? "g711_alaw" : undefined;
}
