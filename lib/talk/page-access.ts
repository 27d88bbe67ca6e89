import type { IncomingMessage } from "node:http";
import type { GuessBrake } from "./guess-brake";
import type { PAGE_CLOSE } from "./page-protocol";
import { isSameSecret } from "./signed-token";
import type { TicketOffice } from "./ticket-office";
import type { Visitor } from "./visitor";

export type CloseName = keyof typeof PAGE_CLOSE;

/** Why a page is not let in. */
export interface Refusal {
  readonly close: CloseName;
  /** One line in plain English: the socket's close reason, and the log's. */
  readonly reason: string;
  /** What only the page is told, behind the reason. */
  readonly advice?: string;
  /** Why the check itself has failed: for who runs Node-RED, not for the page. */
  readonly fault?: unknown;
  /** Is not for the log: a page asks without a secret first, to learn whether one is needed. */
  readonly isQuestion?: boolean;
}

/** What a page shows to be let in. */
export interface Proof {
  readonly secret: string | undefined;
  /** It has shown that it was let in before. */
  readonly isKnown: boolean;
  readonly visitor: Visitor;
  readonly request: IncomingMessage;
}

/** Who may talk to a page server. */
export type PageAccess =
  | { readonly kind: "loopback" }
  | { readonly kind: "password"; readonly password: string }
  | { readonly kind: "ticket"; readonly office: TicketOffice }
  | { readonly kind: "custom"; readonly verify: VerifyPage };

/**
 * The answer of Node-RED's settings to whoever wants to talk.
 * @param secret - what the page was given, empty where it has nothing
 * @returns whether it may; anything but `true` is no
 */
export type VerifyPage = (request: IncomingMessage, secret: string) => unknown;

/** A check that asks another machine may take a while; a person waits for it. */
const VERIFY_LIMIT_MS = 10_000;

/** @returns undefined when the page may talk. Never rejects. */
export async function checkAccess(
  access: PageAccess,
  proof: Proof,
  brake: GuessBrake,
  now: number,
): Promise<Refusal | undefined> {
  if (access.kind === "loopback") return checkLocal(proof.visitor);
  if (access.kind === "ticket" && proof.isKnown) return undefined;
  const { address } = proof.visitor;
  if (access.kind !== "custom" && proof.secret === undefined)
    return { ...MISSING[access.kind], isQuestion: true };
  const waitMs = brake.waitMs(address, now);
  if (waitMs > 0)
    return {
      close: "braked",
      reason: "Too many wrong attempts",
      advice: `Wait ${Math.ceil(waitMs / 1_000)} s.`,
    };
  const refusal = await checkSecret(access, proof);
  if (!refusal) brake.succeeded(address);
  else if (refusal.close === "denied" && proof.secret !== undefined)
    brake.failed(address, now);
  return refusal;
}

/** A password can be typed; a ticket comes with the address, once. */
const MISSING = {
  password: { close: "denied", reason: "The password is missing" },
  ticket: { close: "expired", reason: "The ticket is missing" },
} as const;

const WRONG = {
  password: { close: "denied", reason: "The password is wrong" },
  ticket: { close: "denied", reason: "The ticket is wrong" },
} as const;

function checkLocal({ isLocal }: Visitor): Refusal | undefined {
  if (isLocal) return undefined;
  return {
    close: "denied",
    reason: "Only browsers on the machine that runs Node-RED may talk here",
  };
}

async function checkSecret(
  access: Exclude<PageAccess, { kind: "loopback" }>,
  { secret = "", request }: Proof,
): Promise<Refusal | undefined> {
  switch (access.kind) {
    case "password":
      return isSameSecret(secret, access.password) ? undefined : WRONG.password;
    case "ticket":
      return checkTicket(access.office, secret);
    case "custom":
      return checkByUser(access.verify, request, secret);
  }
}

function checkTicket(
  office: TicketOffice,
  secret: string,
): Refusal | undefined {
  switch (office.take(secret)) {
    case "good":
      return undefined;
    case "expired":
      return { close: "expired", reason: "The ticket is no longer good" };
    case "invalid":
      return WRONG.ticket;
  }
}

/** Code of the user's: what it throws, and what takes too long, is a no. */
async function checkByUser(
  verify: VerifyPage,
  request: IncomingMessage,
  secret: string,
): Promise<Refusal | undefined> {
  const refusal: Refusal = {
    close: "denied",
    reason: "Node-RED's settings refuse this page",
  };
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSlow()), VERIFY_LIMIT_MS);
  });
  try {
    const answer = Promise.resolve(verify(request, secret));
    return (await Promise.race([answer, limit])) === true ? undefined : refusal;
  } catch (fault) {
    return { ...refusal, fault };
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(): Error {
  return new Error(
    `voiceLiveTalk.verify has not answered within ${VERIFY_LIMIT_MS / 1_000} s`,
  );
}
