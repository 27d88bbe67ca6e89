import type { Node, NodeAPI } from "node-red";
import type { ConversationHub, VoiceLiveError } from "../../lib/client";
import { Allowance } from "../../lib/allowance";
import {
  IDLE,
  isSameLook,
  lookOf,
  lookOfFault,
  statusText,
  type StatusLook,
} from "./status";

/**
 * Each status goes to every open editor and every Status node. One conversation shows all that it goes through; of many, some
 * change all the time, and nobody reads faster than so many a second.
 */
const SHOWS = { perSecond: 10, most: 20 };
/** How often a limit of the day that is shown is looked at again. */
const RECHECK_MS = 60_000;

/** The flow nodes of a session: they show its state, and one on each tab reports its faults to Catch. */
export class Members {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #hub: ConversationHub;
  readonly #faults = new Map<Node, VoiceLiveError | undefined>();
  /** What members do by themselves. */
  readonly #looks = new Map<Node, StatusLook>();
  readonly #shown = new Map<Node, StatusLook>();
  readonly #allowance = new Allowance(
    SHOWS.perSecond,
    SHOWS.most,
    performance.now(),
  );
  /** Takes back that all members are about to show what has changed. */
  #callOff: (() => void) | undefined;
  /** They do so later than they would, because there have been too many changes. */
  #isBehind = false;
  #recheck: NodeJS.Timeout | undefined;

  constructor(RED: NodeAPI, node: Node, hub: ConversationHub) {
    this.#RED = RED;
    this.#node = node;
    this.#hub = hub;
  }

  add(member: Node): void {
    this.#faults.set(member, undefined);
    this.#show(member, this.#look());
  }

  remove(member: Node): void {
    this.#faults.delete(member);
    this.#looks.delete(member);
    this.#shown.delete(member);
  }

  close(): void {
    clearTimeout(this.#recheck);
    this.#callOff?.();
    this.#faults.clear();
    this.#looks.clear();
    this.#shown.clear();
  }

  showFault(member: Node, fault: VoiceLiveError | undefined): void {
    if (
      !this.#faults.has(member) ||
      this.#faults.get(member)?.code === fault?.code
    )
      return;
    this.#faults.set(member, fault);
    this.#changed(member);
  }

  showLook(member: Node, look: StatusLook | undefined): void {
    if (look) this.#looks.set(member, look);
    else this.#looks.delete(member);
    if (!this.#faults.has(member)) return;
    this.#changed(member);
  }

  /**
   * Something has changed: a turn of the event loop often has several changes, and members show the last. Where there are too
   * many, they show it a little later.
   */
  refresh(): void {
    if (this.#callOff || this.#faults.size === 0) return;
    if (this.#mayShow()) {
      const immediate = setImmediate(() => this.#showAll());
      this.#callOff = () => clearImmediate(immediate);
    } else {
      this.#isBehind = true;
      const timer = setTimeout(() => {
        this.#isBehind = false;
        this.#mayShow();
        this.#showAll();
      }, 1_000 / SHOWS.perSecond);
      this.#callOff = () => clearTimeout(timer);
    }
  }

  /**
   * Tells Catch nodes and the log. A config node's own error would come once for each of its users.
   * @param functionName - reported by the node of this function where there is one
   */
  report(
    fault: VoiceLiveError,
    msg: Readonly<Record<string, unknown>>,
    functionName?: string,
  ): void {
    const owner = [...this.#faults.keys()].find(
      (member) =>
        functionName !== undefined &&
        (member as { functionName?: string }).functionName === functionName,
    );
    const reporters = owner ? [owner] : this.#oneForEachTab();
    for (const reporter of reporters) reporter.error(fault, { ...msg });
    if (reporters.length === 0) this.#node.error(fault);
  }

  #oneForEachTab(): readonly Node[] {
    const byTab = new Map<string, Node>();
    for (const member of this.#faults.keys())
      if (!byTab.has(member.z)) byTab.set(member.z, member);
    return [...byTab.values()];
  }

  #look(): StatusLook {
    const look = lookOf(this.#hub.conversations);
    const { refusal } = this.#hub;
    if (look !== IDLE || !refusal) return look;
    // Midnight gives the day back and tells nobody; so does a clock that is set right.
    this.#recheck ??= setTimeout(() => {
      this.#recheck = undefined;
      this.refresh();
    }, RECHECK_MS);
    return lookOfFault(refusal);
  }

  #changed(member: Node): void {
    if (!this.#isBehind && this.#mayShow()) this.#show(member, this.#look());
    else this.refresh();
  }

  #mayShow(): boolean {
    return this.#allowance.take(1, performance.now());
  }

  #showAll(): void {
    this.#callOff = undefined;
    const look = this.#look();
    for (const member of this.#faults.keys()) this.#show(member, look);
  }

  /** @param ofSession - for a member that has nothing of its own to show */
  #show(member: Node, ofSession: StatusLook): void {
    const fault = this.#faults.get(member);
    const own = fault ? lookOfFault(fault) : this.#looks.get(member);
    const look = own ?? ofSession;
    if (isSameLook(look, this.#shown.get(member))) return;
    this.#shown.set(member, look);
    member.status({
      fill: look.fill,
      shape: look.shape,
      text: statusText(this.#RED, look.key, look.count),
    });
  }
}
