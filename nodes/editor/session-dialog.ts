import { showRowsFor, textOf } from "./inputs";
import { createJsonPanel, type JsonPanel } from "./json-panel";
import type { Settings } from "./json-path";
import { createMcpPanel, type McpPanel } from "./mcp-panel";
import { createEchoSelect, createSensitivitySelect } from "./session-selects";
import { shownSurroundings, SURROUNDING_INPUTS } from "./session-surroundings";
import { bindSettingsForm } from "./settings-form";
import { createTabs, type DialogTabs } from "./tabs";
import type { Translate } from "./validate";

/** The open dialog of a session node. */
export interface SessionDialog {
  settings: Settings;
  echo(): string;
  json: JsonPanel;
  mcp: McpPanel;
  tabs: DialogTabs;
}

interface EditedSession {
  readonly settings: Settings;
  readonly echo?: string;
  readonly authorizedServers?: readonly string[];
}

/** Ties the forms, the JSON of the Advanced tab and the one settings object together. */
export function openSessionDialog(
  { settings, echo = "none", authorizedServers = [] }: EditedSession,
  translate: Translate,
): SessionDialog {
  const notice = createUnreadNotice();
  const change = (changed: Settings): void => {
    opened.settings = changed;
    opened.json.show(changed);
    notice.onReading(true);
  };
  const echoSelect = createEchoSelect(echo, settings);
  const opened: SessionDialog = {
    settings,
    echo: () => echoSelect.echoOf(opened.settings),
    tabs: createTabs("voice-live-session-tabs", tabLabels(translate), (id) =>
      notice.onTab(id),
    ),
    mcp: createMcpPanel({
      place: $("#voice-live-session-mcp"),
      add: $("#voice-live-session-mcp-add"),
      settings,
      authorized: authorizedServers,
      translate,
      onChange: (changed) => {
        form.show(changed);
        change(changed);
      },
    }),
    json: createJsonPanel({
      id: "voice-live-session-settings",
      shape: "object",
      value: settings,
      onChange: (reading) => {
        notice.onReading(reading.ok);
        if (reading.ok) show(reading.value as Settings);
      },
    }),
  };
  const form = bindSettingsForm({
    form: $("#node-config-dialog-edit-form"),
    settings,
    composed: [echoSelect.control, createSensitivitySelect()],
    surroundings: shownSurroundings,
    translate,
    onChange: change,
  });
  const followEcho = showRowsFor(
    "voice-live-session-echo",
    $(".voice-live-echo"),
  );
  const show = (read: Settings): void => {
    opened.settings = read;
    form.show(read);
    opened.mcp.show(read);
    followEcho();
  };
  $(SURROUNDING_INPUTS).on("input change", () => form.refresh());
  $("#voice-live-session-expand").on("click", () => expandInstructions());
  return opened;
}

/** Says on the other tabs that the JSON cannot be read; the Advanced tab itself shows why. */
function createUnreadNotice(): {
  onTab(id: string): void;
  onReading(isRead: boolean): void;
} {
  let isRead = true;
  let isAdvanced = false;
  const update = (): void => {
    $("#voice-live-session-unread").toggle(!isRead && !isAdvanced);
  };
  return {
    onTab(id) {
      isAdvanced = id === "voice-live-session-advanced";
      update();
    },
    onReading(next) {
      isRead = next;
      update();
    },
  };
}

function tabLabels(translate: Translate): Record<string, string> {
  return {
    "voice-live-session-persona": translate(
      "voice-live-session.label.tabPersona",
    ),
    "voice-live-session-voice": translate("voice-live-session.label.tabVoice"),
    "voice-live-session-listening": translate(
      "voice-live-session.label.tabListening",
    ),
    "voice-live-session-tools": translate("voice-live-session.label.tabTools"),
    "voice-live-session-conversations": translate(
      "voice-live-session.label.tabConversations",
    ),
    "voice-live-session-limits": translate(
      "voice-live-session.label.tabLimits",
    ),
    "voice-live-session-advanced": translate(
      "voice-live-session.label.tabAdvanced",
    ),
  };
}

function expandInstructions(): void {
  const instructions = $("#voice-live-setting-instructions");
  RED.editor.editText({
    mode: "ace/mode/text",
    value: textOf("voice-live-setting-instructions"),
    stateId: "voice-live-session-instructions",
    width: "Infinite",
    focus: true,
    complete: (text) => instructions.val(text).trigger("change"),
  });
}
