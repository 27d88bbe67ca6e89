import type { SecretProblem } from "../model/reconnect";
import { byId } from "./dom";

export interface SecretOptions {
  readonly onEntered: (secret: string) => void;
  readonly onCancelled: () => void;
}

/** Asks for the password; it is held nowhere but in the connection. */
export class SecretView {
  readonly #dialog = byId("secret", HTMLDialogElement);
  readonly #input = byId("secret-input", HTMLInputElement);
  readonly #wrong = byId("secret-wrong");
  readonly #braked = byId("secret-braked");

  constructor({ onEntered, onCancelled }: SecretOptions) {
    byId("secret-form").addEventListener("submit", () => {
      const secret = this.#input.value;
      this.#input.value = "";
      onEntered(secret);
    });
    // Escape fires it too, where the form was not submitted.
    this.#dialog.addEventListener("cancel", onCancelled);
    byId("secret-cancel").addEventListener("click", () => {
      this.#dialog.close();
      onCancelled();
    });
  }

  /** @param problem - of the last one */
  ask(problem: SecretProblem): void {
    this.#wrong.hidden = problem !== "wrong";
    this.#braked.hidden = problem !== "braked";
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#input.focus();
  }
}
