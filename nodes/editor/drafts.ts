import { isRecord, type Settings } from "./json-path";
import {
  byOf,
  isKnownMember,
  understands,
  variantOf,
} from "./setting-variants";

/** Members whose values mean something within one kind only: names of voices. */
const OF_ONE_KIND = new Set(["voice.name"]);

/**
 * What was set below a kind that is not chosen at the moment, so that switching the kind and back loses nothing. Lives as long
 * as the dialog is open.
 */
export class Drafts {
  /** By path and member, and kind where it matters. */
  readonly #members = new Map<string, Map<string, unknown>>();
  /** Short forms such as a bare voice name, by path and kind. */
  readonly #short = new Map<string, string>();

  /** The value of a setting after another kind was chosen. Members that the dialog does not know stay. */
  choose(path: string, value: unknown, choice: string): unknown {
    const left = variantOf(path, value);
    this.#keep(path, value, left);
    if (choice === "") return undefined;
    if (choice === "null") return null;
    const short = this.#short.get(`${path}|${choice}`);
    if (short !== undefined) return short;
    return { [byOf(path)]: choice, ...this.#membersOf(path, choice) };
  }

  #keep(path: string, value: unknown, kind: string): void {
    if (typeof value === "string") this.#short.set(`${path}|${kind}`, value);
    if (!isRecord(value)) return;
    this.#short.delete(`${path}|${kind}`);
    const drafts = this.#draftsOf(path);
    for (const draft of drafts.keys())
      if (belongsTo(path, draft, kind)) drafts.delete(draft);
    for (const [member, content] of Object.entries(value))
      if (member !== byOf(path))
        drafts.set(draftName(path, member, kind), content);
  }

  #membersOf(path: string, kind: string): Settings {
    const drafts = [...this.#draftsOf(path)].filter(([draft]) =>
      belongsTo(path, draft, kind),
    );
    return Object.fromEntries(
      drafts.map(([draft, content]) => [memberOf(draft), content]),
    );
  }

  #draftsOf(path: string): Map<string, unknown> {
    const drafts = this.#members.get(path) ?? new Map<string, unknown>();
    this.#members.set(path, drafts);
    return drafts;
  }
}

function draftName(path: string, member: string, kind: string): string {
  return OF_ONE_KIND.has(`${path}.${member}`) ? `${member}|${kind}` : member;
}

function memberOf(draft: string): string {
  return draft.split("|")[0] ?? draft;
}

/** Whether a kind has the member of this draft, or the member is nothing that we know, which every kind keeps. */
function belongsTo(path: string, draft: string, kind: string): boolean {
  const member = memberOf(draft);
  const isOfKind = draftName(path, member, kind) === draft;
  return (
    isOfKind &&
    (!isKnownMember(path, member) || understands(path, kind, member))
  );
}
