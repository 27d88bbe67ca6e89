import type { Node, NodeAPI, NodeDef } from "node-red";
import { registerNode } from "./shared/register-node";
import { joinSession } from "./shared/session-access";
import { TalkPages } from "./shared/talk-pages";
import {
  talkSettings,
  type TalkConfig,
  type TalkCredentials,
} from "./shared/talk-settings";

interface TalkNodeConfig extends NodeDef, TalkConfig {
  readonly session?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveTalkNode(
    this: Node<TalkCredentials>,
    config: TalkNodeConfig,
  ): void {
    const membership = joinSession(RED, this, config.session, true);
    if (!membership) return;
    const settings = talkSettings(RED, this.id, config, this.credentials ?? {});
    if (!settings) return beOff(RED, this);
    const pages = new TalkPages(RED, this, membership.session, settings);
    pages.open(membership);
  }
  registerNode<Node<TalkCredentials>, TalkCredentials>(
    RED,
    "voice-live-talk",
    VoiceLiveTalkNode,
    {
      credentials: {
        password: { type: "password" },
        ticketSecret: { type: "password" },
      },
    },
  );
}

/** Nobody can have the page open: what is for it is for nobody. */
function beOff(RED: NodeAPI, node: Node): void {
  const text = RED._("voice-live-talk.status.off");
  node.status({ fill: "grey", shape: "ring", text });
  node.on("input", (_msg, _send, done) => done());
}
