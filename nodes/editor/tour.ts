/** What the editor has besides the published types. */
interface TouringEditor {
  readonly tourGuide: {
    run(url: string, done: (error?: unknown) => void): void;
  };
  readonly actions: {
    add(
      name: string,
      action: () => void,
      options: { readonly label: string },
    ): void;
  };
}

const PACKAGE = "@voicewire/node-red-voice-live";
/** `resources/` of this package, as Node-RED serves it. */
const TOUR = `resources/${PACKAGE}/tour.js`;
/** Trays need a moment to slide out. */
const CLOSING_MS = 100;

const editor = RED as unknown as TouringEditor;

/** Puts the guided tour of a first flow into the editor's list of actions. */
export function offerTour(): void {
  editor.actions.add("voice-live:tour", startTour, {
    label: `${PACKAGE}/voice-live:voice-live-resource.label.tourAction`,
  });
}

/** Saves and closes the dialogs that are open, which would lie over the flow, and starts the tour. */
export function startTour(): void {
  closeDialogs(Infinity, () => {
    const url = new URL(TOUR, document.baseURI).href;
    editor.tourGuide.run(url, (error) => {
      if (error instanceof Error) RED.notify(error.message, "error");
    });
  });
}

/** @param before - how many were open when one was told to close */
function closeDialogs(before: number, then: () => void): void {
  const open = $(".red-ui-tray");
  if (open.length === 0) return then();
  if (open.length < before)
    open.last().find("button.primary").first().trigger("click");
  setTimeout(() => closeDialogs(open.length, then), CLOSING_MS);
}
