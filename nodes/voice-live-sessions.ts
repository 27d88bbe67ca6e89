import type { NodeAPI } from "node-red";
import type { Conversation } from "../lib/client";
import type { ConversationView } from "../lib/watch";
import { liveSessions, type LiveSession } from "./shared/live-sessions";
import { lookOf } from "./shared/status";

const ROUTE = "/voice-live-sessions";

/** The editor's panel of live conversations: it asks while it is shown, and nothing is sent otherwise. */
export default function (RED: NodeAPI): void {
  RED.httpAdmin.get(
    ROUTE,
    RED.auth.needsPermission("voice-live-sessions.read"),
    (request, response) => {
      const { watch, since } = request.query;
      response.set("Cache-Control", "no-store");
      response.json({
        sessions: liveSessions().map(describeSession),
        watched: typeof watch === "string" ? said(watch, since) : null,
      });
    },
  );
  for (const [action, run] of Object.entries(ACTIONS))
    RED.httpAdmin.post(
      `${ROUTE}/:id/${action}`,
      RED.auth.needsPermission("voice-live-sessions.write"),
      (request, response) => {
        // A page of another origin cannot send JSON unasked.
        if (!request.is("application/json"))
          return void response.status(415).json("Expected JSON");
        const found = find(String(request.params["id"]));
        if (!found)
          return void response.status(410).json("The conversation has ended");
        run(found.live, found.conversation);
        response.json({ ok: true });
      },
    );
}

type Action = (live: LiveSession, conversation: Conversation) => void;

const ACTIONS: Readonly<Record<string, Action>> = {
  interrupt: (_live, conversation) => conversation.interrupt(),
  // Its next input begins it anew, with no flow needed that connects it, once an open microphone has paused.
  end: ({ session }, { key }) => session.hub.endForNow(key, "operator"),
};

function find(
  id: string,
): { live: LiveSession; conversation: Conversation } | undefined {
  for (const live of liveSessions()) {
    const conversation = live.watch.conversation(id);
    if (conversation) return { live, conversation };
  }
  return undefined;
}

function describeSession({ id, name, session, watch }: LiveSession): object {
  return {
    id,
    name,
    conversations: watch
      .look()
      .filter(({ conversation }) => conversation.state.name !== "idle")
      .map((view) => ({
        ...describe(view),
        isRecorded: session.hub.isRecorded(view.conversation),
      })),
  };
}

function describe({
  id,
  conversation,
  figures,
  levels,
}: ConversationView): object {
  const { key, generation, droppedMs, state } = conversation;
  const { fill, shape, key: status } = lookOf([conversation]);
  return {
    id,
    key,
    look: { fill, shape, status },
    // Whoever may see the conversations may know why one does not go on.
    problem: "fault" in state ? state.fault.message : null,
    generation,
    droppedMs: Math.round(droppedMs),
    ...figures,
    levels,
  };
}

/** @returns nothing when the conversation has ended */
function said(id: string, since: unknown): object | null {
  const from = typeof since === "string" ? Number(since) : 0;
  const view = find(id)?.live.watch.lines(id, Number.isFinite(from) ? from : 0);
  return view ? { id, ...view } : null;
}
