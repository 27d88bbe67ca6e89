import { createId, type Avatar, type ResponseSession } from "../protocol";
import { isJsonObject } from "./json-object";
import { invalidValue, RequestFault } from "./request-fault";

/** Whether a session shows an avatar. @see protocol.md §10 */
export function hasAvatar({ modalities, avatar }: ResponseSession): boolean {
  return Boolean(avatar) && (modalities ?? []).includes("avatar");
}

/** Whether the reply's audio comes over the socket. An avatar speaks over its own connection, unless asked for a copy. */
export function sendsAudio(session: ResponseSession): boolean {
  return !hasAvatar(session) || session.avatar?.output_audit_audio === true;
}

/** Whether the avatar's picture comes over the socket. */
export function sendsVideo(session: ResponseSession): boolean {
  return hasAvatar(session) && session.avatar?.output_protocol === "websocket";
}

/** The avatar with relay servers of the service's own where the client named none. @see protocol.md §10 step 2 */
export function withIceServers(avatar: Avatar): Avatar {
  if (avatar.ice_servers && avatar.ice_servers.length > 0) return avatar;
  return {
    ...avatar,
    ice_servers: [
      {
        urls: ["turn:relay.simulator.invalid:3478?transport=udp"],
        username: createId("sess"),
        credential: createId("sess"),
      },
    ],
  };
}

/**
 * The answer to an offer, both as base64 of JSON. The simulator has no pictures to send: its answer takes every part of
 * the offer, and nothing ever comes.
 * @throws RequestFault when the session has no avatar or the offer is none
 * @see protocol.md §10 steps 4 and 5
 */
export function answerAvatar(
  session: ResponseSession,
  clientSdp: string,
): string {
  if (!hasAvatar(session))
    throw new RequestFault(
      "invalid_value",
      "session.avatar.connect needs a session with an avatar.",
      "type",
    );
  const answer = { type: "answer", sdp: answerSdp(readOffer(clientSdp)) };
  return Buffer.from(JSON.stringify(answer)).toString("base64");
}

function readOffer(clientSdp: string): string {
  const offer = parsed(Buffer.from(clientSdp, "base64").toString("utf8"));
  const { type, sdp } = isJsonObject(offer) ? offer : {};
  if (type !== "offer" || typeof sdp !== "string" || !sdp.startsWith("v=0"))
    throw invalidValue(
      "client_sdp",
      "base64 of the JSON of an offer",
      clientSdp,
    );
  return sdp;
}

/**
 * RFC 8829: one section for each of the offer's, in its order, with its `mid`, and what a browser needs to accept the
 * rest of it. The certificate behind the fingerprint does not exist, since nobody ever calls.
 */
function answerSdp(offer: string): string {
  const kept = offer
    .split(/\r?\n/)
    .filter((line) => /^(m=|a=(mid|group|rtpmap|fmtp|sctp-port):)/.test(line));
  return [
    "v=0",
    "o=voice-live-simulator 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    ...kept.flatMap((line) =>
      line.startsWith("m=") ? [line, ...SECTION] : [line],
    ),
    "",
  ].join("\r\n");
}

const SECTION: readonly string[] = [
  "c=IN IP4 0.0.0.0",
  "a=inactive",
  "a=rtcp-mux",
  "a=setup:active",
  "a=ice-ufrag:simulator",
  "a=ice-pwd:no/candidates/will/follow",
  `a=fingerprint:sha-256 ${Array<string>(32).fill("00").join(":")}`,
];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
