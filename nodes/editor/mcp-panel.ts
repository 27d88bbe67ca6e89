import { createControl, textOr, type FieldControl } from "./field-controls";
import { isRecord, valueAt, type Settings } from "./json-path";
import { serverProblem } from "./field-problems";
import {
  addServer,
  removeServer,
  serversOf,
  withServer,
  type McpServer,
  type ServerSecret,
} from "./mcp-servers";
import { keyOf, MCP_FIELDS, type SessionField } from "./session-fields";
import { readField, writeField } from "./session-settings";
import type { Translate } from "./validate";

/** The MCP servers of a session, a box each. Their authorizations are secrets, and no settings. */
export interface McpPanel {
  /** Shows settings that changed elsewhere. */
  show(settings: Settings): void;
  secrets(): readonly ServerSecret[];
}

export interface McpPanelOptions {
  /** The element that holds the boxes. */
  place: JQuery;
  /** The button that adds a server. */
  add: JQuery;
  settings: Settings;
  /** Labels of servers with an authorization. */
  authorized: readonly string[];
  translate: Translate;
  onChange: (settings: Settings) => void;
}

const CATALOG = "voice-live-session";
/** What Node-RED shows in place of a secret that is stored. */
const STORED = "__PWRD__";

export function createMcpPanel({
  place,
  add,
  settings,
  authorized,
  translate,
  onChange,
}: McpPanelOptions): McpPanel {
  let current = settings;
  let secrets: ServerSecret[] = secretsOf(settings, authorized);

  const change = (next: Settings): void => {
    current = next;
    onChange(next);
  };
  const build = (): void => {
    place.empty();
    for (const server of serversOf(current)) place.append(buildBox(server));
  };
  const buildBox = ({ index }: McpServer): JQuery => {
    const box = $("<div>", { class: "voice-live-box" });
    const position = place.children().length;
    const toolOf = (): Settings => toolAt(current, index);
    const rows = MCP_FIELDS.map((field) => buildRow(field, `${index}-`));
    const mark = (): void => {
      for (const row of rows) row.mark(toolOf());
    };
    for (const { field, control } of rows)
      control.elements.on("input change", () => {
        const { path, kind } = field;
        const tool = writeField(toolOf(), path, kind, control.text());
        if (tool === toolOf()) return;
        relabel(position, labelOf(tool));
        change(withServer(current, { index, tool }));
        mark();
      });
    rows.forEach(({ row, field, control }, nth) => {
      control.show(readField(toolOf(), field.path, field.kind));
      box.append(row);
      if (nth === 1) box.append(secretRow(position));
    });
    mark();
    return box.append(removeButton(index, position));
  };
  const relabel = (position: number, label: string): void => {
    const secret = secrets[position];
    if (secret) secrets[position] = { ...secret, label };
  };

  const buildRow = (field: SessionField, scope: string): ServerRow =>
    createServerRow(field, scope, translate);

  const secretRow = (position: number): JQuery => {
    const id = `voice-live-session-mcp-secret-${position}`;
    const secret = secrets[position];
    const input = $("<input>", { id, type: "password" }).attr(
      "autocomplete",
      "new-password",
    );
    input.val(secret?.typed ?? (secret?.storedAs === undefined ? "" : STORED));
    input.on("input change", () => {
      const typed = String(input.val());
      const known = secrets[position];
      if (known && typed !== STORED) secrets[position] = { ...known, typed };
    });
    return rowOf(
      $("<label>", { for: id }).append(
        $("<i>", { class: "fa fa-key" }),
        document.createTextNode(" "),
        $("<span>").text(translate(`${CATALOG}.label.authorization`)),
      ),
      $("<span>", { class: "voice-live-control" }).append(input),
      translate(`${CATALOG}.tip.authorization`),
    );
  };
  const removeButton = (index: number, position: number): JQuery =>
    $("<button>", {
      type: "button",
      class: "red-ui-button red-ui-button-small voice-live-remove",
    })
      .append(
        $("<i>", { class: "fa fa-trash" }),
        document.createTextNode(
          ` ${translate(`${CATALOG}.label.removeServer`)}`,
        ),
      )
      .on("click", () => {
        secrets = secrets.filter((_secret, i) => i !== position);
        change(removeServer(current, index));
        build();
        // The button that had the focus is gone.
        add.trigger("focus");
      });

  add.on("click", () => {
    secrets.push({ label: "", storedAs: undefined, typed: undefined });
    change(addServer(current));
    build();
    place.children().last().find("input").first().trigger("focus");
  });
  build();

  return {
    show(next) {
      const isSame =
        JSON.stringify(serversOf(next)) === JSON.stringify(serversOf(current));
      current = next;
      if (isSame) return;
      secrets = carryOver(secrets, next);
      build();
    },
    secrets: () => secrets,
  };
}

interface ServerRow {
  readonly field: SessionField;
  readonly control: FieldControl;
  readonly row: JQuery;
  mark(tool: Settings): void;
}

function createServerRow(
  field: SessionField,
  scope: string,
  translate: Translate,
): ServerRow {
  const control = createControl(field, translate, scope);
  const key = keyOf(field.path);
  const label = $("<label>", { for: control.input.attr("id") }).append(
    $("<i>", { class: `fa fa-${field.icon}` }),
    document.createTextNode(" "),
    $("<span>").text(translate(`${CATALOG}.label.${key}`)),
  );
  const row = rowOf(
    label,
    control.elements,
    textOr(translate, `${CATALOG}.tip.${key}`, ""),
  ).attr("data-member", field.path);
  const reason = $("<div>", { class: "voice-live-reason voice-live-wrong" });
  row.append(reason);
  return {
    field,
    control,
    row,
    mark(tool) {
      const problem = serverProblem(field, tool);
      reason
        .text(problem ? translate(problem.key, problem.values) : "")
        .toggle(problem !== undefined);
      control.input.toggleClass("input-error", problem !== undefined);
      const parent = field.path.split(".").slice(0, -1).join(".");
      row.toggle(parent === "" || isRecord(valueAt(tool, parent)));
    },
  };
}

function rowOf(label: JQuery, control: JQuery, tip: string): JQuery {
  const row = $("<div>", { class: "form-row voice-live-field" });
  row.append(label, " ", control);
  if (tip) $("<div>", { class: "voice-live-hint" }).text(tip).appendTo(row);
  return row;
}

function toolAt(settings: Settings, index: number): Settings {
  return (
    serversOf(settings).find((server) => server.index === index)?.tool ?? {}
  );
}

function labelOf({ server_label: label }: Settings): string {
  return typeof label === "string" ? label : "";
}

function secretsOf(
  settings: Settings,
  authorized: readonly string[],
): ServerSecret[] {
  return serversOf(settings).map(({ tool }) => {
    const label = labelOf(tool);
    const storedAs = authorized.includes(label) ? label : undefined;
    return { label, storedAs, typed: undefined };
  });
}

/** Servers that were edited as JSON keep their authorization by their label. */
function carryOver(
  secrets: readonly ServerSecret[],
  settings: Settings,
): ServerSecret[] {
  return secretsOf(settings, []).map(
    (server) => secrets.find(({ label }) => label === server.label) ?? server,
  );
}
