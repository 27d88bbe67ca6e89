import type { NodeAPI } from "node-red";
import { registerOnDemand } from "./shared/register-node";
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

/** Their modules load with the first node of them. */
const ON_DEMAND = {
  "voice-live-audio-in": () => audioIn,
  "voice-live-audio-out": () => audioOut,
  "voice-live-transcript": () => transcript,
  "voice-live-function": () => functionCall,
  "voice-live-function-result": () => functionResult,
  "voice-live-interrupt": () => interrupt,
  "voice-live-message": () => message,
  "voice-live-control": () => control,
  "voice-live-event": () => event,
  "voice-live-convert": () => convert,
  "voice-live-played": () => played,
  "voice-live-record": () => record,
};

/** All nodes are one set: each set of its own makes every start of Node-RED longer, with or without a flow of it. */
export default function (RED: NodeAPI): void {
  // Those that have credentials, or answer their dialogs before there is a node of them.
  for (const register of [resource, session, microphone, speaker, talk])
    register(RED);
  for (const [type, load] of Object.entries(ON_DEMAND))
    registerOnDemand(RED, type, load);
}
