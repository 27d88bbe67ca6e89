export interface KeyHandlers {
  readonly onTalk: (isDown: boolean) => void;
  readonly onInterrupt: () => void;
}

/** Space talks and Escape interrupts wherever they mean nothing else: not while typing, choosing or in a dialog. */
export function watchKeys({ onTalk, onInterrupt }: KeyHandlers): void {
  let isDown = false;
  const release = (): void => {
    if (isDown) onTalk(false);
    isDown = false;
  };
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.code === "Escape") onInterrupt();
    if (event.code !== "Space" || meansSomething(event.target)) return;
    // Otherwise the page would scroll, or the talk button be clicked.
    event.preventDefault();
    if (isDown) return;
    isDown = true;
    onTalk(true);
  });
  document.addEventListener("keyup", (event) => {
    if (event.code !== "Space" || !isDown) return;
    event.preventDefault();
    release();
  });
  window.addEventListener("blur", release);
}

/** The talk button is the one control whose space bar is for talking. */
function meansSomething(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      "input, textarea, select, summary, a, button:not(#microphone)",
    ) !== null
  );
}
