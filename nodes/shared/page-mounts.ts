import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { NodeAPI } from "node-red";
import { VoiceLiveError } from "../../lib/client";
import { redirectToPage, servePage } from "../../lib/talk/page-files";
import type { PageServer } from "../../lib/talk/page-server";

/** Node-RED's HTTP side for flows, or the one of its editor. */
export type HttpSide = "node" | "admin";

/** Under a page's path: where its socket is. */
const SOCKET = "socket";

type Handler = (
  request: IncomingMessage & { readonly path?: string },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** The part of Express that knows what was added; it is elsewhere in each version. */
interface App {
  use(handler: Handler): unknown;
  readonly _router?: Router;
  readonly router?: Router;
}
interface Router {
  stack: readonly { readonly handle?: unknown }[];
}

interface Mounted {
  readonly server: PageServer;
  /** Of the socket, as the browser's request has it. */
  readonly socketPath: string;
}

/** All pages of one HTTP server. */
interface Mounts {
  readonly bySocketPath: Map<string, Mounted>;
  readonly onUpgrade: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ) => void;
}

const mountsOf = new WeakMap<object, Mounts>();

/** @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` when that is no path, or has no place in an address */
export function checkPath(path: string): string {
  const trimmed = path.replace(/^\/+|\/+$/g, "");
  const isFine = trimmed
    .split("/")
    .every((part) => /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/.test(part));
  if (isFine && trimmed.length <= 200) return trimmed;
  throw new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    `«${trimmed.slice(0, 60)}» is no path for a page`,
    {
      nextStep:
        "Use letters, digits, hyphens and slashes, such as talk or house/kitchen.",
    },
  );
}

/**
 * Serves a talk page and its socket.
 * @param path - without slashes at its ends
 * @returns a function that takes it away again
 * @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` when this side is off, or the path is taken
 */
export function mountPage(
  RED: NodeAPI,
  side: HttpSide,
  path: string,
  server: PageServer,
): () => void {
  const { app, root } = sideOf(RED, side);
  const httpServer = RED.server as NodeJS.EventEmitter;
  const socketPath = `${root}${path}/${SOCKET}`;
  const mounts = mountsOf.get(httpServer) ?? createMounts();
  if (mounts.bySocketPath.has(socketPath))
    throw new VoiceLiveError(
      "VOICE_LIVE_CONFIGURATION",
      `Another talk page has the path «${path}»`,
      { nextStep: "Give this one a path of its own, then deploy." },
    );
  if (mounts.bySocketPath.size === 0) {
    mountsOf.set(httpServer, mounts);
    httpServer.on("upgrade", mounts.onUpgrade);
  }
  mounts.bySocketPath.set(socketPath, { server, socketPath });
  const handler = pageHandler(path);
  app.use(handler);
  return () => {
    removeHandler(app, handler);
    mounts.bySocketPath.delete(socketPath);
    if (mounts.bySocketPath.size === 0)
      httpServer.off("upgrade", mounts.onUpgrade);
  };
}

function createMounts(): Mounts {
  const bySocketPath = new Map<string, Mounted>();
  return {
    bySocketPath,
    onUpgrade: (request, socket, head) => {
      // A websocket node of the same path was first; to answer twice would end Node-RED.
      if ((socket as Socket).bytesWritten > 0) return;
      const [pathname = ""] = (request.url ?? "").split("?");
      // Sockets of others are theirs: Node-RED ends those that nobody takes.
      bySocketPath.get(pathname)?.server.handleUpgrade(request, socket, head);
    },
  };
}

/** Only exact names are served, so no spelling of a path leads anywhere else. */
function pageHandler(path: string): Handler {
  return function voiceLiveTalkPage(request, response, next) {
    const asked = request.path ?? "";
    if (asked === `/${path}`)
      return redirectToPage(path.split("/").at(-1) ?? "", response);
    if (!asked.startsWith(`/${path}/`)) return next();
    try {
      servePage(asked.slice(path.length + 2), request, response);
    } catch (error) {
      next(error);
    }
  };
}

function removeHandler(app: App, handler: Handler): void {
  // Express 4 throws when it is asked for `router`.
  const router = app._router ?? ("lazyrouter" in app ? undefined : app.router);
  if (router)
    router.stack = router.stack.filter(({ handle }) => handle !== handler);
}

function sideOf(
  RED: NodeAPI,
  side: HttpSide,
): { readonly app: App; readonly root: string } {
  const { httpNodeRoot, httpAdminRoot } = RED.settings as {
    readonly httpNodeRoot?: string | false;
    readonly httpAdminRoot?: string | false;
  };
  const root = side === "node" ? httpNodeRoot : httpAdminRoot;
  if (root === false || !RED.server)
    throw new VoiceLiveError(
      "VOICE_LIVE_CONFIGURATION",
      `Node-RED serves no pages: ${side === "node" ? "httpNodeRoot" : "httpAdminRoot"} is false in its settings`,
      { nextStep: 'Give it a path in settings.js, such as "/".' },
    );
  const app = (side === "node"
    ? RED.httpNode
    : RED.httpAdmin) as unknown as App;
  return { app, root: `/${root ?? ""}/`.replace(/\/+/g, "/") };
}
