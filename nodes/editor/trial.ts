/** What the runtime says of an attempt (nodes/shared/trials.ts). */
export interface TrialAnswer {
  readonly ok: boolean;
  /** Cause and next step, when it went wrong. */
  readonly message?: string;
  readonly [fact: string]: unknown;
}

export interface TrialDetails {
  /** Nothing is left to be mended. */
  readonly isGood: boolean;
  readonly details: readonly JQuery[];
}

export interface TrialOptions {
  /** Of the button, whose icon turns meanwhile; `<id>-verdict` is where the outcome is told. */
  readonly id: string;
  /** Of the route, relative to the editor. */
  readonly url: string;
  /** What is sent, or the reason why nothing can be. */
  readonly body: () => object | string;
  /** The outcome in words. */
  readonly words: (answer: TrialAnswer) => string;
  /** More of it, to be shown beneath. */
  readonly details?: (answer: TrialAnswer) => TrialDetails;
  /** When the runtime does not answer as it should, such as without permission. */
  readonly failed: (status: number) => string;
}

/** Lets a button of a dialog have the runtime reach the service, and tells the outcome beneath it. */
export function bindTrial(options: TrialOptions): void {
  const button = $(`#${options.id}`);
  const verdict = $(`#${options.id}-verdict`);
  const tell = (
    text: string,
    isGood: boolean,
    details: readonly JQuery[] = [],
  ): void => {
    const line = $("<div>")
      .text(text)
      .addClass(isGood ? "voice-live-good" : "voice-live-problem");
    verdict.empty().append(line, ...details);
    verdict[0]?.scrollIntoView({ block: "nearest" });
  };
  const setBusy = (isBusy: boolean): void => {
    button.prop("disabled", isBusy);
    button.find("i").toggleClass("fa-spin", isBusy);
  };
  button.on("click", () => {
    const body = options.body();
    if (typeof body === "string") return tell(body, false);
    verdict.empty();
    setBusy(true);
    void $.ajax({
      type: "POST",
      url: options.url,
      contentType: "application/json",
      data: JSON.stringify(body),
    })
      .done((answer: TrialAnswer) => {
        const { isGood = answer.ok, details } = options.details?.(answer) ?? {};
        tell(options.words(answer), isGood, details);
      })
      .fail(({ status }) => tell(options.failed(status), false))
      .always(() => setBusy(false));
  });
  // Until here the dialog is being filled.
  button.prop("disabled", false);
}
