import type { Call, Entry, Notice, Speech } from "../model/conversation";
import { splitHeard } from "../model/heard";
import { byId, make } from "./dom";
import type { Texts } from "./texts";

/** As close to the end counts as reading along. */
const NEAR_END_PX = 80;
/** A tab that was hidden brings much at once; who comes back wants to hear the last of it. */
const MAX_NEWS = 5;

/** Characters of arguments and results in the line of a call. */
const BRIEF = 48;

/** Bubbles, calls and notices; what is said to the end is also told to screen readers, once. */
export class TranscriptView {
  readonly #texts: Texts;
  readonly #list = byId("transcript");
  readonly #empty = byId("transcript-empty");
  readonly #announcer = byId("announcer");
  readonly #shown = new Map<number, HTMLElement>();
  /** What the next frame draws, by key: words come faster than anybody reads, and each layout of a long list takes its time. */
  readonly #waiting = new Map<number, Entry>();
  /** What one frame has brought that screen readers are told. */
  #news: string[] = [];
  #oldest = 0;
  #frame: number | undefined;
  #isAtEnd = true;

  constructor(texts: Texts) {
    this.#texts = texts;
    this.#list.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#list;
      this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    });
    // A turned phone, or its keyboard: who was reading along still is.
    new ResizeObserver(() => this.#follow()).observe(this.#list);
  }

  /** @param oldest - key of the first entry that is still held */
  show(entries: readonly Entry[], oldest: number): void {
    for (const entry of entries) this.#waiting.set(entry.key, entry);
    for (const key of this.#waiting.keys())
      if (key < oldest) this.#waiting.delete(key);
    this.#oldest = oldest;
    this.#frame ??= requestAnimationFrame(() => this.#drawAll());
  }

  #drawAll(): void {
    const entries = [...this.#waiting.values()];
    this.#forget();
    // Whoever says something wants to see what comes of it, wherever they were reading.
    if (entries.some((entry) => this.#isNewOfUser(entry))) this.#isAtEnd = true;
    this.#news = [];
    for (const entry of entries) this.#draw(entry);
    if (this.#news.length > 0)
      this.#announcer.textContent = this.#news.slice(-MAX_NEWS).join("\n");
    for (const [key, element] of this.#shown) {
      if (key >= this.#oldest) break;
      element.remove();
      this.#shown.delete(key);
    }
    this.#empty.hidden = this.#shown.size > 0;
    this.#follow();
  }

  #isNewOfUser(entry: Entry): boolean {
    return (
      entry.kind === "speech" &&
      entry.who === "user" &&
      !this.#shown.has(entry.key)
    );
  }

  #follow(): void {
    if (this.#isAtEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }

  /** Another conversation begins. */
  clear(): void {
    this.#forget();
    for (const element of this.#shown.values()) element.remove();
    this.#shown.clear();
    this.#empty.hidden = false;
    this.#isAtEnd = true;
    this.#announcer.textContent = "";
  }

  #forget(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#waiting.clear();
  }

  #draw(entry: Entry): void {
    const before = this.#shown.get(entry.key);
    if (entry.kind === "speech") this.#drawSpeech(entry, before);
    else if (entry.kind === "call") this.#drawCall(entry, before);
    else if (!before) this.#drawNotice(entry);
  }

  #place(key: number, element: HTMLElement): void {
    this.#shown.set(key, element);
    this.#list.append(element);
  }

  #drawSpeech(speech: Speech, before: HTMLElement | undefined): void {
    const bubble = before ?? make("div", `bubble ${speech.who}`);
    if (!before) this.#place(speech.key, bubble);
    bubble.replaceChildren(
      make("span", "unseen", `${this.#texts.get(`who.${speech.who}`)}: `),
      ...this.#words(speech),
    );
    if (speech.latencyMs !== undefined)
      bubble.append(make("small", "after", latencyText(speech.latencyMs)));
    const wasAnnounced = bubble.dataset["final"] === "true";
    bubble.dataset["final"] = String(speech.isFinal);
    if (speech.isFinal && !wasAnnounced && speech.text !== "")
      this.#news.push(
        `${this.#texts.get(`who.${speech.who}`)}: ${speech.heard ?? speech.text}`,
      );
  }

  #words({ text, heard, isFinal }: Speech): readonly Node[] {
    if (text === "" && !isFinal) return [this.#dots()];
    if (heard === undefined) return [document.createTextNode(text)];
    const [before, behind] = splitHeard(text, heard);
    const after = behind.trimStart();
    const struck = make("s");
    struck.append(
      make("span", "unseen", `${this.#texts.get("transcript.unheard")} `),
      after,
    );
    const gap = behind.slice(0, behind.length - after.length);
    return after === ""
      ? [document.createTextNode(before)]
      : [document.createTextNode(before + gap), struck];
  }

  #dots(): HTMLElement {
    const dots = make("span", "waiting");
    dots.setAttribute("role", "img");
    dots.setAttribute("aria-label", this.#texts.get("transcript.speaking"));
    dots.append(make("i"), make("i"), make("i"));
    return dots;
  }

  #drawCall(call: Call, before: HTMLElement | undefined): void {
    const element = before ?? make("details");
    if (!before) this.#place(call.key, element);
    element.className = `call${call.hasFailed ? " failed" : ""}`;
    const summary = make("summary");
    summary.append(
      make("code", "", call.name),
      make("code", "given", brief(call.arguments)),
      make("span", "outcome", this.#outcome(call)),
    );
    const facts = make("dl");
    this.#addFact(facts, "call.arguments", pretty(call.arguments));
    if (call.output !== undefined)
      this.#addFact(facts, "call.result", call.output);
    element.replaceChildren(summary, facts);
  }

  #outcome({ output, hasFailed }: Call): string {
    if (output === undefined) return this.#texts.get("call.running");
    if (hasFailed) return this.#texts.get("call.failed");
    return output === "" ? this.#texts.get("call.done") : `→ ${brief(output)}`;
  }

  #addFact(
    list: HTMLElement,
    key: "call.arguments" | "call.result",
    value: string,
  ): void {
    const fact = make("dd");
    fact.append(make("pre", "", value));
    list.append(make("dt", "", this.#texts.get(key)), fact);
  }

  #drawNotice({ key, level, text }: Notice): void {
    const known = level === "warning" || level === "error" ? level : "info";
    this.#place(key, make("p", `notice ${known}`, text));
    this.#news.push(text);
  }
}

export function latencyText(ms: number): string {
  return `${Math.round(ms)} ms`;
}

/** One line beside the name; the whole is a click away. */
function brief(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const line = (text ?? "").replaceAll(/\s+/g, " ");
  return line.length > BRIEF ? `${line.slice(0, BRIEF)}…` : line;
}

function pretty(value: unknown): string {
  return typeof value === "string"
    ? value
    : (JSON.stringify(value, undefined, 2) ?? "");
}
