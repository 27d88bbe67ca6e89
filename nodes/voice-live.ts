import type { NodeAPI } from "node-red";
import { onDemand } from "./shared/register-node";
import audioIn from "./voice-live-audio-in";
import audioOut from "./voice-live-audio-out";
import control from "./voice-live-control";
import convert from "./voice-live-convert";
import event from "./voice-live-event";
import functionCall from "./voice-live-function";
import functionResult from "./voice-live-function-result";
import interrupt from "./voice-live-interrupt";
import message from "./voice-live-message";
import microphone from "./voice-live-microphone";
import played from "./voice-live-played";
import record from "./voice-live-record";
import resource from "./voice-live-resource";
import session from "./voice-live-session";
import speaker from "./voice-live-speaker";
import talk from "./voice-live-talk";
import transcript from "./voice-live-transcript";

/** All nodes are one set: each set of its own makes every start of Node-RED longer, with or without a flow of it. */
export default function (RED: NodeAPI): void {
  // In the order of the palette. Those that have credentials, or answer their dialogs before there is a node of them, are there
  // from the beginning.
  for (const register of [
    resource,
    session,
    onDemand("voice-live-audio-in", () => audioIn),
    onDemand("voice-live-audio-out", () => audioOut),
    onDemand("voice-live-transcript", () => transcript),
    onDemand("voice-live-function", () => functionCall),
    onDemand("voice-live-function-result", () => functionResult),
    onDemand("voice-live-interrupt", () => interrupt),
    onDemand("voice-live-message", () => message),
    onDemand("voice-live-control", () => control),
    onDemand("voice-live-event", () => event),
    onDemand("voice-live-convert", () => convert),
    onDemand("voice-live-played", () => played),
    microphone,
    speaker,
    onDemand("voice-live-record", () => record),
    talk,
  ])
    register(RED);
}
