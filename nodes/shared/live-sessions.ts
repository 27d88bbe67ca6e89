import { HubWatch } from "../../lib/watch";
import type { VoiceSession } from "./session-access";

/** A session node that is deployed and works. */
export interface LiveSession {
  readonly id: string;
  readonly name: string;
  readonly session: VoiceSession;
  readonly watch: HubWatch;
}

/** By node id. Node-RED's own list knows no nodes inside of subflows. */
const sessions = new Map<string, LiveSession>();

export function liveSessions(): readonly LiveSession[] {
  return [...sessions.values()];
}

/** @returns a function that takes the session away */
export function addLiveSession(
  id: string,
  name: string,
  session: VoiceSession,
): () => void {
  const live = { id, name, session, watch: new HubWatch(session.hub) };
  sessions.set(id, live);
  return () => {
    live.watch.close();
    if (sessions.get(id) === live) sessions.delete(id);
  };
}
