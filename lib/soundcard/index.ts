export {
  PLAYERS,
  RECORDERS,
  type Direction,
  type Player,
  type ProgramName,
  type Recorder,
} from "./command";
export type { SoundDevice } from "./device-lists";
export { listSoundDevices } from "./devices";
export { SoundCardError, type SoundCardFault } from "./errors";
export { LevelMeter } from "./level-meter";
export {
  SoundRecorder,
  type RecorderListeners,
  type RecorderOptions,
} from "./recorder";
export { Speaker, type SpeakerListeners } from "./speaker";
export type { PlayerOptions } from "./player";
export type { Voice } from "./tracks";
