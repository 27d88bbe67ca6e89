import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TlsOptions } from "node:tls";
import { WebSocketServer, type WebSocket } from "ws";
import type { ConversationHub } from "../../lib/client/conversation-hub";
import type { VoiceLiveError } from "../../lib/client/errors";
import { ProxyAgent, readProxy } from "../../lib/client/proxy";
import type { ConnectOptions } from "../../lib/client/service-access";
import { Transport } from "../../lib/client/transport";
import {
  ConnectProxy,
  type ConnectProxyOptions,
} from "../support/connect-proxy";
import { hubOn } from "../support/room-hub";
import { ScriptedService, type WireEvent } from "../support/scripted-service";
import { TlsFront } from "../support/tls-front";
import { LoopbackServer, until, type Answer } from "./loopback";

/** What one connection to a server of this answer comes to. */
export async function endWith(
  answer: Answer,
  whenOpen?: () => void,
): Promise<VoiceLiveError> {
  const server = new LoopbackServer(answer);
  try {
    return await endOf(`ws://${await server.listen()}/`, whenOpen);
  } finally {
    await server.close();
  }
}

/** Why a connection ends, or does not come about. */
export function endOf(
  url: string,
  whenOpen: () => void = () => undefined,
  connect?: ConnectOptions,
): Promise<VoiceLiveError> {
  return new Promise((resolve) => {
    const transport = new Transport(
      { url, headers: {}, connect },
      {
        opened: whenOpen,
        received: () => undefined,
        closed: resolve,
        drained: () => undefined,
      },
    );
    assert.equal(transport.isOpen, false);
  });
}

/** What a tunnel comes to through a proxy of this answer. */
export async function endThroughProxy(
  answer: ConnectProxyOptions["answer"],
  whenAsked?: () => void,
): Promise<VoiceLiveError> {
  const proxy = await new ConnectProxy({ port: 0, answer }).listen();
  const url = `http://127.0.0.1:${proxy.port}`;
  try {
    const agent = new ProxyAgent(readProxy({ url }));
    const end = endOf("wss://voice.example.com/", undefined, { agent });
    await until(() => proxy.connects.length > 0);
    whenAsked?.();
    return await end;
  } finally {
    await proxy.close();
  }
}

/** What a handshake comes to with a host that proves itself so. */
export async function endOverTls(
  certificate: TlsOptions,
  connect: ConnectOptions = {},
): Promise<VoiceLiveError> {
  const front = await new TlsFront(0, certificate).listen();
  try {
    return await endOf(`wss://127.0.0.1:${front.port}/`, undefined, connect);
  } finally {
    await front.close();
  }
}

/** What a peer's end of an open socket comes to. */
export async function endBy(
  act: (peer: WebSocket) => void,
): Promise<VoiceLiveError> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (peer) => {
    peer.on("error", () => undefined);
    act(peer);
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return await endOf(`ws://127.0.0.1:${port}/`);
  } finally {
    for (const peer of server.clients) peer.terminate();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
}

/** Bytes instead of frames, right after the handshake. */
export function endByBytes(bytes: Buffer): Promise<VoiceLiveError> {
  return endBy((peer) => {
    // The library keeps its socket to itself; nothing else sends what is no frame.
    const { _socket: socket } = peer as unknown as {
      _socket: NodeJS.WritableStream;
    };
    socket.write(bytes);
  });
}

/** What a conversation told of a session, and whether the session goes on. */
export interface Told {
  readonly faults: readonly VoiceLiveError[];
  readonly warnings: readonly string[];
  readonly state: string;
}

/** What a conversation makes of these events on a session that is ready. */
export async function toldInSession(
  ...events: readonly WireEvent[]
): Promise<Told> {
  const service = await ScriptedService.start();
  const hub = hubOn(service);
  const told = listenTo(hub);
  try {
    hub.open("caller").connect();
    const session = await service.session();
    for (const event of events) session.send(event);
    await session.settled();
    return told();
  } finally {
    hub.close();
    await service.close();
  }
}

/** What a conversation makes of a service that does this in the place of confirming the settings. */
export async function toldWhileOpening(
  act: (peer: WebSocket) => void,
): Promise<Told> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const hub = hubOn({ url: `ws://127.0.0.1:${port}` });
  const told = listenTo(hub);
  let isDone = false;
  server.on("connection", (peer) => {
    peer.once("message", () => {
      act(peer);
      peer.ping();
    });
    for (const sign of ["pong", "close"]) peer.on(sign, () => (isDone = true));
  });
  try {
    hub.open("caller").connect();
    await until(() => isDone);
    return told();
  } finally {
    hub.close();
    for (const peer of server.clients) peer.terminate();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
}

function listenTo(hub: ConversationHub): () => Told {
  const faults: VoiceLiveError[] = [];
  const warnings: string[] = [];
  hub.on("fault", (_conversation, fault) => faults.push(fault));
  hub.on("life", (_conversation, { kind, payload }) => {
    if (kind === "warning") warnings.push(String(payload["message"]));
  });
  return () => ({
    faults,
    warnings,
    state: hub.get("caller")?.state.name ?? "",
  });
}
