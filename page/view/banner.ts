import { byId, setText } from "./dom";

export interface BannerAction {
  readonly text: string;
  readonly act: () => void;
}

/** What keeps the conversation from going on, and what can be done about it. */
export class Banner {
  readonly #banner = byId("banner");
  readonly #text = byId("banner-text");
  readonly #button = byId("banner-action", HTMLButtonElement);
  #action: BannerAction | undefined;

  constructor() {
    this.#button.addEventListener("click", () => this.#action?.act());
  }

  show(text: string, action?: BannerAction): void {
    this.#action = action;
    setText(this.#text, text);
    setText(this.#button, action?.text ?? "");
    this.#button.hidden = action === undefined;
    this.#banner.hidden = false;
  }

  hide(): void {
    this.#action = undefined;
    this.#banner.hidden = true;
    setText(this.#text, "");
  }
}
