import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { gzipSync } from "node:zlib";

interface PageFile {
  readonly body: Buffer;
  readonly zipped: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** Path under the page's own, such as `page.js`; the page itself has the empty one. */
type FileTable = ReadonlyMap<string, PageFile>;

/** Where the build puts the page, beside `dist/lib`. */
const FOLDER = path.join(__dirname, "../../page");
const INDEX = "index.html";

/** Read at the first request and kept: what is not in the table is not there, whatever is asked for. */
let table: FileTable | undefined;

/** @throws Error when the page was not built */
function files(): FileTable {
  table ??= readTable();
  return table;
}

function readTable(): FileTable {
  const list = JSON.parse(
    readFileSync(path.join(FOLDER, "files.json"), "utf8"),
  ) as Record<string, string>;
  const entries = Object.entries(list).map(([name, type]) => {
    const body = readFileSync(path.join(FOLDER, name));
    const hash = createHash("sha256").update(body).digest("base64url");
    const file = { body, zipped: gzipSync(body), type, etag: `"${hash}"` };
    return [name === INDEX ? "" : name, file] as const;
  });
  return new Map(entries);
}

/**
 * Serves a file of the page.
 * @param name - path under the page's own, exactly as the request has it
 */
export function servePage(
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const file = files().get(name);
  if (!file) return end(response, 404);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return end(response, 405);
  }
  for (const [header, value] of Object.entries(securityHeaders(request)))
    response.setHeader(header, value);
  response.setHeader("Content-Type", file.type);
  response.setHeader("Cache-Control", "no-cache");
  response.setHeader("ETag", file.etag);
  response.setHeader("Vary", "Accept-Encoding");
  if (request.headers["if-none-match"] === file.etag) return end(response, 304);
  const isZipped = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  const body = isZipped ? file.zipped : file.body;
  if (isZipped) response.setHeader("Content-Encoding", "gzip");
  response.setHeader("Content-Length", body.length);
  end(response, 200, request.method === "HEAD" ? undefined : body);
}

/** Sends the browser from `…/talk` to `…/talk/`, wherever a proxy has put it: the page's addresses are relative. */
export function redirectToPage(name: string, response: ServerResponse): void {
  response.setHeader("Location", `${name}/`);
  end(response, 302);
}

/** Nothing from elsewhere, no script or style inside the page, no frame around it on other sites. */
function securityHeaders(
  request: IncomingMessage,
): Readonly<Record<string, string>> {
  return {
    "Content-Security-Policy": [
      "default-src 'none'",
      "script-src 'self'",
      "worker-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self'${ownSockets(request)}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
    ].join("; "),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy":
      "microphone=(self), speaker-selection=(self), camera=(), geolocation=()",
  };
}

/** For browsers to which `'self'` is no WebSocket. What is no plain host name does not get into the header. */
function ownSockets({ headers }: IncomingMessage): string {
  const host = headers.host ?? "";
  return /^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/i.test(host)
    ? ` ws://${host} wss://${host}`
    : "";
}

function end(response: ServerResponse, status: number, body?: Buffer): void {
  response.statusCode = status;
  response.end(body);
}
