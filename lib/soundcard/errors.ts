/** What can be wrong with a sound card, as far as the user can do something about it. */
export type SoundCardFault =
  | "no-program"
  | "device-name"
  | "unknown-device"
  | "busy-device"
  | "unsuitable-device"
  | "no-permission"
  | "no-server"
  | "stalled"
  | "ended";

/** `message` is one line of plain English, the cause; `nextStep` says what to do about it. */
export class SoundCardError extends Error {
  readonly code: SoundCardFault;
  readonly nextStep: string;

  constructor(code: SoundCardFault, reason: string, nextStep: string) {
    super(reason);
    this.name = "SoundCardError";
    this.code = code;
    this.nextStep = nextStep;
  }
}
