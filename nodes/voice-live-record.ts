import path from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { VoiceLiveError, type Conversation } from "../lib/client";
import { Recorder, RecordingFolder } from "../lib/recorder";
import { flag, number, oneOf, text } from "./shared/config-values";
import { voiceOf, type FlowMessage } from "./shared/messages";
import { registerNode } from "./shared/register-node";
import { joinSession, type VoiceSession } from "./shared/session-access";

interface RecordConfig extends NodeDef {
  readonly session?: unknown;
  readonly active?: unknown;
  readonly folder?: unknown;
  readonly what?: unknown;
  readonly fileMinutes?: unknown;
  readonly maxRecordings?: unknown;
  readonly maxMegabytes?: unknown;
  readonly whenFull?: unknown;
}

const DEFAULT_FOLDER = "voice-live-recordings";

export default function (RED: NodeAPI): void {
  function VoiceLiveRecordNode(this: Node, config: RecordConfig): void {
    const settings = {
      folder: folderOf(RED, config),
      isActive: flag(config, "active", false),
      what: oneOf(config, "what", ["both", "wav", "transcript"], "both"),
      maxMs: number(config, "fileMinutes", 60, { min: 1, max: 600 }) * 60_000,
    };
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, handle } = membership;
    const recorder = new Recorder({
      hub: session.hub,
      ...settings,
      onFault: (conversation, fault) => {
        session.showFault(this, fault);
        this.error(fault, { voice: voiceOf(conversation) });
      },
      onChanged: () => {
        const { count } = recorder;
        if (count > 0) session.showFault(this, undefined);
        session.showLook(
          this,
          count > 0
            ? { fill: "red", shape: "dot", key: "recording", count }
            : undefined,
        );
      },
    });

    this.on("input", (msg, _send, done) =>
      handle(done, () => take(session, recorder, msg)),
    );
    this.on("close", (_removed: boolean, done: () => void) => {
      recorder.close().then(done, done);
    });
  }
  registerNode(RED, "voice-live-record", VoiceLiveRecordNode);
}

function take(
  session: VoiceSession,
  recorder: Recorder,
  msg: FlowMessage,
): void {
  const { record } = msg as { record?: unknown };
  if (record === true) return recorder.start(session.prepare(msg));
  if (record !== false) throw unclear(record);
  const conversation: Conversation | undefined = session.existing(msg);
  if (conversation) recorder.stop(conversation);
}

function unclear(record: unknown): VoiceLiveError {
  const said =
    record === undefined ? "missing" : JSON.stringify(record)?.slice(0, 60);
  return new VoiceLiveError("VOICE_LIVE_PAYLOAD", `msg.record is ${said}`, {
    nextStep: "Set it to true to record the conversation, or to false to stop.",
  });
}

/** As the file nodes do: a relative path begins where the settings say, else in the user directory. */
function folderOf(RED: NodeAPI, config: RecordConfig): RecordingFolder {
  const { fileWorkingDirectory, userDir } = RED.settings as {
    fileWorkingDirectory?: string;
    userDir?: string;
  };
  const origin = fileWorkingDirectory ?? userDir ?? process.cwd();
  const folder = path.resolve(origin, text(config.folder) || DEFAULT_FOLDER);
  return new RecordingFolder(folder, {
    maxRecordings: number(config, "maxRecordings", 100, {
      min: 1,
      max: 100_000,
    }),
    maxBytes:
      number(config, "maxMegabytes", 1_000, { min: 1, max: 1_000_000 }) * 1e6,
    whenFull: oneOf(config, "whenFull", ["delete", "stop"], "delete"),
  });
}
