export { HeardTrack } from "./heard-track";
export { Recorder, type RecorderOptions } from "./recorder";
export { RecordingFolder, type FolderLimits } from "./recording-folder";
export type { RecordingContent } from "./recording";
export { SpokenTrack } from "./spoken-track";
export { samplesOf } from "./timeline";
