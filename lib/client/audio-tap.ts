import type { MonoFormat } from "../audio";

/** Listens to what the loudspeaker plays, by the playback clock. All times are of `performance.now()`. */
export interface HeardTap {
  /**
   * Audio of an item came from the service.
   * @param audio - read only
   * @param fromMs - where it begins inside the item
   */
  received(
    itemId: string,
    audio: Buffer,
    format: MonoFormat,
    fromMs: number,
  ): void;
  /** All audio of the item has come. */
  finished(itemId: string): void;
  /** A stretch of an item will sound at `startsAt`. */
  released(
    itemId: string,
    fromMs: number,
    durationMs: number,
    startsAt: number,
  ): void;
  /** A device has reported: all that has not sounded yet does so later by this much; negative: earlier. */
  shift(lateMs: number): void;
  /** Playback was stopped: what was to sound from here on does not. */
  stop(now: number): void;
}

/** Listens to both sides of a conversation. A conversation that has no tap does nothing for it. */
export interface AudioTap extends HeardTap {
  /**
   * Audio of the user was taken, behind mute and half-duplex, before any of it is held or dropped.
   * @param audio - in the service's format; read only
   */
  spoken(audio: Buffer, format: MonoFormat): void;
}
