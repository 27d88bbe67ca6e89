/** What the runtime says of an attempt (nodes/shared/trials.ts). */
export interface TrialAnswer {
  readonly ok: boolean;
  /** Cause and next step, when it went wrong. */
  readonly message?: string;
  readonly [fact: string]: unknown;
}

export interface TrialOptions {
  /** Begins of the ids of the button, the line that tells the outcome, and the spinner inside the button. */
  readonly id: string;
  /** Of the route, relative to the editor. */
  readonly url: string;
  /** What is sent, or the reason why nothing can be. */
  readonly body: () => object | string;
  /** The outcome in words. */
  readonly words: (answer: TrialAnswer) => string;
  /** When the runtime does not answer as it should, such as without permission. */
  readonly failed: (status: number) => string;
}

/** Lets a button of a dialog have the runtime reach the service, and tells the outcome beneath it. */
export function bindTrial(options: TrialOptions): void {
  const button = $(`#${options.id}`);
  const verdict = $(`#${options.id}-verdict`);
  const tell = (text: string, isGood: boolean): void => {
    verdict
      .text(text)
      .toggleClass("voice-live-good", isGood)
      .toggleClass("voice-live-problem", !isGood && text !== "");
  };
  const setBusy = (isBusy: boolean): void => {
    button.prop("disabled", isBusy);
    button.find("i").toggleClass("fa-spin", isBusy);
  };
  button.on("click", () => {
    const body = options.body();
    if (typeof body === "string") return tell(body, false);
    tell("", true);
    setBusy(true);
    void $.ajax({
      type: "POST",
      url: options.url,
      contentType: "application/json",
      data: JSON.stringify(body),
    })
      .done((answer: TrialAnswer) => tell(options.words(answer), answer.ok))
      .fail(({ status }) => tell(options.failed(status), false))
      .always(() => setBusy(false));
  });
}
