export type Mode = "hands-free" | "push";
export type Press = "down" | "up" | "click" | "space-down" | "space-up";

/**
 * Whether the user wants to be heard. Hands-free: a click mutes and unmutes, and a held space bar is heard in spite of muting.
 * Push to talk: heard while the button or the space bar is held.
 */
export class TalkButton {
  #mode: Mode = "hands-free";
  #isMuted = false;
  #isHeld = false;
  #isSpaceHeld = false;

  get mode(): Mode {
    return this.#mode;
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  get isOpen(): boolean {
    if (this.#isSpaceHeld) return true;
    return this.#mode === "push" ? this.#isHeld : !this.#isMuted;
  }

  setMode(mode: Mode): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.reset();
  }

  reset(): void {
    this.#isMuted = false;
    this.#isHeld = false;
    this.#isSpaceHeld = false;
  }

  press(how: Press): void {
    if (how === "space-down") this.#isSpaceHeld = true;
    else if (how === "space-up") this.#isSpaceHeld = false;
    else if (this.#mode === "push") this.#isHeld = how === "down";
    else if (how === "click") this.#isMuted = !this.#isMuted;
  }
}
