/** A message on its way out of a node. */
export interface SentMessage {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** Which output, from 0. */
  readonly port: number;
  /** The message itself, not a copy: look, and change nothing. */
  readonly msg: Readonly<Record<string, unknown>>;
}

interface SendEvent {
  readonly msg: Record<string, unknown>;
  readonly source: {
    readonly id: string;
    readonly port: number;
    readonly node: { readonly type: string; readonly name?: string };
  };
}

interface Hooks {
  add(hook: "onSend", handler: (events: readonly SendEvent[]) => void): void;
}

/**
 * Reports what the nodes of a Node-RED in this process send through wires, once for each message however many wires leave
 * the output. An output without a wire shows nothing: Node-RED drops its messages before the hook.
 */
export function observeSent(
  hooks: Hooks,
  listener: (sent: SentMessage) => void,
): void {
  hooks.add("onSend", (events) => {
    for (const [index, { msg, source }] of events.entries()) {
      const previous = events[index - 1];
      if (previous?.source.port === source.port && previous.msg === msg)
        continue;
      listener({
        id: source.id,
        type: source.node.type,
        name: source.node.name ?? "",
        port: source.port,
        msg,
      });
    }
  });
}
