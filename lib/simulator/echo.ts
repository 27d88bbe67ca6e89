import { durationMs } from "./audio-format";
import type { Behaviour } from "./behaviour";

/** Says back what it heard, sample for sample, so that audio paths can be proved; typed text is spoken. */
export const echo: Behaviour = ({ sound, text, outputs }) => {
  if (outputs.length > 0)
    return [
      {
        say: `echo of ${outputs.map(({ output }) => JSON.stringify(output)).join(", ")}`,
      },
    ];
  if (sound)
    return [
      {
        play: sound,
        transcript: `echo of ${(durationMs(sound) / 1000).toFixed(2)} s`,
      },
    ];
  return [{ say: text || "This is the echo." }];
};
