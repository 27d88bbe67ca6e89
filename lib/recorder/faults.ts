import { VoiceLiveError } from "../client";

const GOES_ON = "The conversation goes on; its recording has ended.";

/** What the system says of a disk, in words that say what to do. */
const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ["the disk is full", "Make room on the disk."],
  EDQUOT: ["the quota of the disk is used up", "Make room on the disk."],
  EACCES: [
    "Node-RED may not write there",
    "Give the user that runs Node-RED the right to write there, or choose another folder.",
  ],
  EPERM: [
    "Node-RED may not write there",
    "Give the user that runs Node-RED the right to write there, or choose another folder.",
  ],
  EROFS: ["the disk is read-only", "Choose a folder on another disk."],
  ENOENT: [
    "the folder is gone, or cannot be made",
    "Connect its disk again, or choose another folder.",
  ],
  ENOTDIR: ["there is a file of that name", "Choose another folder."],
  EEXIST: ["there is a file of that name", "Choose another folder."],
  ENAMETOOLONG: ["the name is too long", "Choose a shorter folder."],
};

/** @param folder - named in the message, which never holds the name of a caller */
export function recordingFault(
  thrown: unknown,
  folder: string,
): VoiceLiveError {
  if (thrown instanceof VoiceLiveError) return thrown;
  const { code, message } = thrown as NodeJS.ErrnoException;
  const [reason, nextStep] = REASONS[code ?? ""] ?? [
    message ?? String(thrown),
    "Look at the disk, or choose another folder.",
  ];
  return new VoiceLiveError(
    "VOICE_LIVE_RECORDING",
    `Cannot record to ${folder}: ${reason}`,
    { nextStep: `${nextStep} ${GOES_ON}`, cause: code ?? thrown },
  );
}

export function diskTooSlow(folder: string): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_RECORDING",
    `Cannot record to ${folder}: the disk does not keep up`,
    {
      nextStep: `Record to a faster disk, or fewer conversations at once. ${GOES_ON}`,
    },
  );
}

export function folderSilent(folder: string): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_RECORDING",
    `Cannot record to ${folder}: the folder does not answer`,
    {
      nextStep: `Is it on a disk of the network? Connect that again, or choose another folder. ${GOES_ON}`,
    },
  );
}

export function folderFull(
  folder: string,
  what: string,
  isReached: "recordings" | "megabytes",
): VoiceLiveError {
  const setting =
    isReached === "recordings" ? "number of recordings" : "total size";
  return new VoiceLiveError(
    "VOICE_LIVE_RECORDING",
    `The recordings in ${folder} have reached the limit of ${what}`,
    {
      nextStep: `Move some away, raise the ${setting}, or let the oldest be deleted. ${GOES_ON}`,
    },
  );
}
