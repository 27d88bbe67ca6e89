export { Recorder, type RecorderOptions } from "./recorder";
export { RecordingFolder, type FolderLimits } from "./recording-folder";
export type { RecordingContent } from "./recording";
