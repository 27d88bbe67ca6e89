import { readJson, writeJson, type JsonReading } from "./json-text";

/** A code editor for one JSON value, with the reason beneath it while the text is not valid. */
export interface JsonPanel {
  /** What the text says right now. */
  read(): JsonReading;
  /** Shows another value, unless the text already says the same. */
  show(value: unknown): void;
  resize(height: number): void;
  destroy(): void;
}

export interface JsonPanelOptions {
  /** Id of the `<div>` that becomes the editor; `<id>-problem` shows what is wrong. */
  id: string;
  shape: "object" | "array";
  value: unknown;
  onChange?: (reading: JsonReading) => void;
}

export function createJsonPanel({
  id,
  shape,
  value,
  onChange,
}: JsonPanelOptions): JsonPanel {
  const editor = RED.editor.createEditor({
    id,
    mode: "ace/mode/json",
    value: writeJson(value),
  });
  const problem = $(`#${id}-problem`);
  const read = (): JsonReading => readJson(editor.getValue(), shape);
  const report = (): JsonReading => {
    const reading = read();
    problem.toggle(!reading.ok);
    problem.find("code").text(reading.ok ? "" : reading.problem);
    return reading;
  };
  // Text that we put in ourselves must not come back as the user's: it would rewrite the field being typed in.
  let isShowing = false;
  let isDestroyed = false;
  editor.getSession().on("change", () => {
    const reading = report();
    if (!isShowing) onChange?.(reading);
  });
  report();
  return {
    read,
    show(next) {
      const reading = read();
      const isShown =
        reading.ok && writeJson(reading.value) === writeJson(next);
      if (isShown) return;
      isShowing = true;
      editor.setValue(writeJson(next), -1);
      isShowing = false;
    },
    resize(height) {
      // The tray still measures itself while it closes.
      if (isDestroyed) return;
      $(`#${id}`).css("height", `${height}px`);
      editor.resize();
    },
    destroy() {
      isDestroyed = true;
      editor.destroy();
    },
  };
}

/** Tells the user, once the dialog is closed, that a text was not taken over because it is not valid JSON. */
export function reportUnusedJson(message: string): void {
  RED.notify(message, { type: "warning", timeout: 10_000 });
}
