import type { NodeAPI } from "node-red";
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
  for (const register of [
    resource,
    session,
    audioIn,
    audioOut,
    transcript,
    functionCall,
    functionResult,
    interrupt,
    message,
    control,
    event,
    convert,
    played,
    microphone,
    speaker,
    record,
    talk,
  ])
    register(RED);
}
