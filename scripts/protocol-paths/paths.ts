/** A node, and how a flow reaches the event through it. */
export interface NodePath {
  /** Without `voice-live-`. */
  readonly node: string;
  readonly how: string;
}

const SEND: NodePath = { node: "control", how: "`send`" };
const RAW: NodePath = { node: "event", how: "`raw`" };

/** Client events that a node sends by itself. Every event can be sent by `control`, action `send`. */
const SENDERS: Readonly<Record<string, readonly NodePath[]>> = {
  "session.update": [{ node: "control", how: "`update`" }],
  "input_audio_buffer.append": [{ node: "audio-in", how: "`msg.payload`" }],
  "input_audio_buffer.commit": [
    { node: "audio-in", how: "end of speech" },
    { node: "control", how: "`commit`" },
  ],
  "input_audio_buffer.clear": [{ node: "control", how: "`clear`" }],
  "conversation.item.create": [
    { node: "message", how: "`msg.payload`" },
    { node: "function-result", how: "`msg.payload`" },
    { node: "control", how: "`approve`, `deny`" },
  ],
  "conversation.item.truncate": [{ node: "interrupt", how: "any message" }],
  "conversation.item.delete": [{ node: "control", how: "`history-clear`" }],
  "response.create": [
    { node: "message", how: "`msg.response`" },
    { node: "control", how: "`respond`" },
  ],
  "response.cancel": [{ node: "interrupt", how: "any message" }],
  "session.avatar.connect": [{ node: "control", how: "`avatar-connect`" }],
  "output_audio_buffer.clear": [
    { node: "interrupt", how: "any message, with an avatar" },
  ],
  "input_text.delta": [{ node: "message", how: "`msg.stream`" }],
  "input_text.done": [{ node: "message", how: "`msg.complete`" }],
};

const kind = (name: string): NodePath => ({
  node: "event",
  how: `kind \`${name}\``,
});
const TRANSCRIPT: NodePath = { node: "transcript", how: "`msg.payload`" };

/** Server events that a node delivers in a shape of its own. All but audio also come out of `event`, when `raw` is ticked. */
const RECEIVERS: Readonly<Record<string, readonly NodePath[]>> = {
  error: [kind("error")],
  warning: [kind("warning")],
  "session.updated": [kind("updated")],
  "session.avatar.connecting": [kind("avatar")],
  "session.avatar.switch_to_speaking": [kind("avatar")],
  "session.avatar.switch_to_idle": [kind("avatar")],
  "output_audio_buffer.cleared": [kind("avatar")],
  "response.video.delta": [kind("avatar")],
  "conversation.item.created": [kind("approval")],
  "conversation.item.input_audio_transcription.delta": [TRANSCRIPT],
  "conversation.item.input_audio_transcription.completed": [TRANSCRIPT],
  "conversation.item.input_audio_transcription.failed": [kind("error")],
  "response.done": [kind("turn"), kind("usage")],
  "response.output_item.done": [
    { node: "function", how: "`msg.payload`" },
    kind("search"),
    kind("mcp"),
    kind("agent"),
  ],
  "response.text.delta": [TRANSCRIPT],
  "response.text.done": [TRANSCRIPT],
  "response.audio_transcript.delta": [TRANSCRIPT],
  "response.audio_transcript.done": [TRANSCRIPT],
  "response.audio_transcript.annotation.added": [kind("annotation")],
  "response.audio.delta": [{ node: "audio-out", how: "`msg.payload`" }],
  "response.audio_timestamp.delta": [kind("word")],
  "response.audio_timestamp.done": [kind("word")],
  "response.animation_viseme.delta": [kind("viseme")],
  "response.animation_viseme.done": [kind("viseme")],
  "response.animation_blendshapes.delta": [kind("blendshapes")],
  "response.animation_blendshapes.done": [kind("blendshapes")],
  "mcp_list_tools.in_progress": [kind("mcp")],
  "mcp_list_tools.completed": [kind("mcp")],
  "mcp_list_tools.failed": [kind("mcp")],
  "response.mcp_call_arguments.done": [kind("mcp")],
  "response.mcp_call.in_progress": [kind("mcp")],
  "response.mcp_call.completed": [kind("mcp")],
  "response.mcp_call.failed": [kind("mcp")],
  "response.web_search_call.searching": [kind("search")],
  "response.web_search_call.in_progress": [kind("search")],
  "response.web_search_call.completed": [kind("search")],
  "response.file_search_call.searching": [kind("search")],
  "response.file_search_call.in_progress": [kind("search")],
  "response.file_search_call.completed": [kind("search")],
  "response.foundry_agent_call_arguments.done": [kind("agent")],
  "response.foundry_agent_call.in_progress": [kind("agent")],
  "response.foundry_agent_call.completed": [kind("agent")],
  "response.foundry_agent_call.failed": [kind("agent")],
  "response.invocation.delta": [kind("agent")],
  "rate_limits.updated": [kind("rate_limits")],
};

/** How a flow sends a client event. */
export function sentBy(type: string): readonly NodePath[] {
  return [...(SENDERS[type] ?? []), SEND];
}

/** How a server event reaches a flow. */
export function deliveredBy(type: string): readonly NodePath[] {
  const own = RECEIVERS[type] ?? [];
  return type === "response.audio.delta" ? own : [...own, RAW];
}

/** What there is to know about an event that the reference itself is unsure of. */
export const NOTES: Readonly<Record<string, string>> = {
  mcp_approval_response:
    "A name in the service's list and no event in practice: the approval is an item, sent by `approve` and `deny`.",
  "input_audio.turn.start": "On no page of the reference, and not in `v1`.",
  "input_audio.turn.append": "On no page of the reference, and not in `v1`.",
  "input_audio.turn.end": "On no page of the reference, and not in `v1`.",
  "input_audio.turn.cancel": "On no page of the reference, and not in `v1`.",
  "input_audio.clear": "On no page of the reference, and not in `v1`.",
  "rtc.call.sdp.create": "Preview, on a path of its own.",
  "rtc.call.sdp.created": "Preview, on a path of its own.",
  "rtc.call.error": "Preview, on a path of its own.",
  "output_audio_buffer.started": "WebRTC preview.",
  "output_audio_buffer.stopped": "WebRTC preview.",
  "byom_credential.updated": "The values of its headers are hidden.",
  ...Object.fromEntries(
    [
      "response.foundry_agent_call_arguments.delta",
      "response.foundry_agent_call_arguments.done",
      "response.foundry_agent_call.in_progress",
      "response.foundry_agent_call.completed",
      "response.foundry_agent_call.failed",
    ].map((type) => [type, "Withdrawn from the specification."]),
  ),
};

const UNPLACED =
  "No documented member has it; the `action` of a web search is passed on as it comes.";

/** Objects of the reference that no event carries, and why. */
export const NOWHERE: Readonly<Record<string, string>> = {
  ErrorResponse: "The body of a refused HTTP request; no event has it.",
  SessionBase: "A common base without members.",
  ConversationItemBase: "A common base without members.",
  ActionSearch: UNPLACED,
  ActionSearchSource: UNPLACED,
  ActionOpenPage: UNPLACED,
  ActionFind: UNPLACED,
  SipCallState: "Telephone calls, whose payloads the reference does not give.",
};
