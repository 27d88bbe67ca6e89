import { createJsonPanel } from "./json-panel";
import { isRecord, type Settings } from "./json-path";
import { readJson, writeJson, type JsonReading } from "./json-text";
import { createParameterRow } from "./parameter-row";
import {
  EMPTY_ROW,
  readTable,
  rowProblem,
  writeTable,
  type ParameterRow,
} from "./parameter-table";
import { exampleOf } from "./schema-example";
import type { Translate } from "./validate";

/** The parameters of a function: as a table, as JSON Schema, and an example of a call. */
export interface ParameterPanel {
  /** The schema, as it stands. */
  read(): JsonReading;
  /** Rows of the table that have a problem, so that the schema lacks them. */
  leftOut(): number;
  resize(height: number): void;
  destroy(): void;
}

export interface ParameterPanelOptions {
  form: JQuery;
  value: unknown;
  translate: Translate;
}

export function createParameterPanel({
  form,
  value,
  translate,
}: ParameterPanelOptions): ParameterPanel {
  const place = form.find(".voice-live-parameters");
  const reason = form.find(".voice-live-parameters-reason");
  const add = form.find(".voice-live-parameters-add");
  /** What the rows were read from. */
  let schema: Settings = {};
  let rows: ParameterRow[] = [];
  let marks: (() => void)[] = [];

  const badRows = (): ParameterRow[] =>
    rows.filter((_row, index) => rowProblem(rows, index));
  const changeRows = (next: ParameterRow[]): void => {
    rows = next;
    json.show(writeTable(schema, rows));
    for (const mark of marks) mark();
  };
  const build = (): void => {
    place.empty();
    const views = rows.map((row, index) =>
      createParameterRow({
        row,
        translate,
        problem: () => rowProblem(rows, index),
        onChange: (changed) =>
          changeRows(rows.map((each, i) => (i === index ? changed : each))),
        onRemove: () => {
          changeRows(rows.filter((_each, i) => i !== index));
          build();
          // The button that had the focus is gone.
          add.trigger("focus");
        },
      }),
    );
    place.append(...views.map(({ element }) => element));
    marks = views.map((view) => () => view.mark());
  };
  /** Rows with a problem are nowhere but here, so they outlast a change of the schema. */
  const showReading = (reading: JsonReading): void => {
    const table = tableOf(reading);
    const isShown = table.ok;
    reason
      .text(isShown ? "" : translate(table.problem.key, table.problem.values))
      .toggle(!isShown);
    place.add(add).toggle(isShown);
    if (!table.ok || !reading.ok) return;
    schema = reading.value as Settings; // the panel reads objects only
    rows = [...table.rows, ...badRows()];
    build();
  };

  const json = createJsonPanel({
    id: "node-input-parameters-editor",
    shape: "object",
    value: parsed(value),
    onChange: showReading,
  });
  showReading(json.read());
  add.on("click", () => {
    changeRows([...rows, EMPTY_ROW]);
    build();
    place.children().last().find("input").first().trigger("focus");
  });
  const showExample = prepareExample(form, () => json.read(), translate);
  prepareViews(form, (view) => {
    if (view === "example") showExample();
    if (view === "json") window.dispatchEvent(new Event("resize"));
  });

  return {
    read: () => json.read(),
    leftOut: () => badRows().length,
    resize: (height) => json.resize(height),
    destroy: () => json.destroy(),
  };
}

function tableOf(reading: JsonReading): ReturnType<typeof readTable> {
  return reading.ok && isRecord(reading.value)
    ? readTable(reading.value)
    : { ok: false, problem: { key: "voice-live-function.error.invalidJson" } };
}

/** A flow that was written by hand may have the schema as text. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value ?? {};
  const reading = readJson(value, "object");
  return reading.ok ? reading.value : value;
}

function prepareViews(form: JQuery, onShow: (view: string) => void): void {
  const buttons = form.find("[data-view]");
  const show = (view: string): void => {
    buttons.each((_index, button) => {
      const isChosen = $(button).data("view") === view;
      $(button).toggleClass("selected", isChosen);
      $(button).attr("aria-pressed", String(isChosen));
    });
    form.find("[data-shows]").each((_index, part) => {
      $(part).toggle($(part).data("shows") === view);
    });
    onShow(view);
  };
  buttons.on("click", (event) =>
    show(String($(event.currentTarget).data("view"))),
  );
  show("table");
}

/** @returns shows the example as it is now */
function prepareExample(
  form: JQuery,
  read: () => JsonReading,
  translate: Translate,
): () => void {
  const message = (): { payload: unknown } => {
    const reading = read();
    return {
      topic: String(form.find("#node-input-functionName").val()),
      payload: reading.ok ? exampleOf(reading.value) : {},
      voice: VOICE,
    } as { payload: unknown };
  };
  form.find("[data-copies]").on("click", (event) => {
    const button = $(event.currentTarget);
    const isWhole = button.data("copies") === "message";
    const text = writeJson(isWhole ? message() : message().payload);
    const copied = translate("voice-live-function.tip.copied");
    clipboard().copyText(text, button, copied);
  });
  return () => {
    form.find(".voice-live-example").text(writeJson(message()));
  };
}

/** As a call has it; the ids are the service's. */
const VOICE = {
  conversation: "default",
  sessionId: "sess_…",
  generation: 0,
  responseId: "resp_…",
  itemId: "item_…",
  callId: "call_…",
};

/** The published types do not know it. */
function clipboard(): {
  copyText(text: string, element: JQuery, message: string): boolean;
} {
  return RED.clipboard as unknown as ReturnType<typeof clipboard>;
}
