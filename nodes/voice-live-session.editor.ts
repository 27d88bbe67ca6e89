import { BYOM_PROFILES, KNOWN_MODELS } from "../lib/protocol/enums";
import {
  fillSuggestions,
  numberOf,
  setChoice,
  showRowsFor,
  textOf,
} from "./editor/inputs";
import { ChoiceMemory } from "./editor/choice-memory";
import {
  chooseEcho,
  ECHO_PATH,
  echoAfterEdit,
  shownEcho,
} from "./editor/echo-choice";
import {
  createJsonPanel,
  reportUnusedJson,
  type JsonPanel,
} from "./editor/json-panel";
import type { Settings } from "./editor/json-path";
import { readJson } from "./editor/json-text";
import { createMcpPanel, type McpPanel } from "./editor/mcp-panel";
import {
  authorizationChanges,
  authorizedLabels,
  type AuthorizationChanges,
  type ServerSecret,
} from "./editor/mcp-servers";
import {
  chooseSensitivity,
  isSensitivityOffered,
  SENSITIVITY_PATHS,
  sensitivityOf,
} from "./editor/sensitivity";
import {
  shownSurroundings,
  SURROUNDING_INPUTS,
  surroundingsOf,
} from "./editor/session-surroundings";
import { bindSettingsForm, type SettingControl } from "./editor/settings-form";
import {
  agentProblem,
  greetingProblem,
  renewalProblem,
  settingsProblem,
} from "./editor/session-checks";
import { listFrom } from "./editor/text-values";
import { createTabs, type DialogTabs } from "./editor/tabs";
import {
  explained,
  numberBetween,
  withReason,
  type Translate,
} from "./editor/validate";
import { sessionDetails, sessionWords } from "./editor/session-trial";
import { bindTrial } from "./editor/trial";
import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface SessionProperties extends EditorNodeProperties {
  version?: number;
  resource: string;
  target: "model" | "agent";
  model: string;
  profile?: string;
  agent: Record<string, string>;
  settings: Settings;
  greeting: { mode: string; text: string };
  conversations: "one" | "keyed";
  key: string;
  keyType: string;
  carry: string[];
  connect: "deploy" | "input" | "command";
  /** Labels of MCP servers with an authorization. */
  authorizedServers?: string[];
  /** `none`, `server`, `client` or `half-duplex`. */
  echo?: string;
  echoTailMs?: number;
  silenceSeconds?: number;
  idleMinutes: number;
  maxConversations: number;
  sessionMinutes?: number;
  renewMarginSeconds?: number;
  historyItems?: number;
  historyCharacters?: number;
  /** Name of a context store; `""` for the memory of the process. */
  historyStore?: string;
  maxMinutes?: number;
  maxTokens?: number;
  dayMinutes?: number;
  dayTokens?: number;
  callsPerMinute?: number;
  callSteps?: number;
}

interface SessionCredentials {
  mcpChanges: string;
}

const MIN_EDITOR_HEIGHT = 200;
/** Room for the fields and the tip above the JSON, the form's padding and a line for what is wrong. */
const EDITOR_MARGIN = 460;

/** Properties that are numbers, with the defaults: the editor makes a new config node without those that are 0. */
const NUMBERS = {
  echoTailMs: 350,
  silenceSeconds: 0,
  idleMinutes: 10,
  maxConversations: 100,
  sessionMinutes: 50,
  renewMarginSeconds: 120,
  historyItems: 50,
  historyCharacters: 16_000,
  maxMinutes: 0,
  maxTokens: 0,
  dayMinutes: 0,
  dayTokens: 0,
  callsPerMinute: 60,
  callSteps: 10,
} as const;
type NumberName = keyof typeof NUMBERS;
const NUMBER_NAMES = Object.keys(NUMBERS) as NumberName[];

interface Dialog {
  settings: Settings;
  echo(): string;
  json: JsonPanel;
  mcp: McpPanel;
  tabs: DialogTabs;
}

let dialog: Dialog | undefined;

RED.nodes.registerType<SessionProperties, SessionCredentials>(
  "voice-live-session",
  {
    category: "config",
    icon: "voice-live-session.svg",
    color: "rgb(160, 155, 205)",
    defaults: {
      name: { value: "" },
      version: { value: 1 },
      resource: { value: "", type: "voice-live-resource", required: true },
      target: { value: "model" },
      model: {
        value: "gpt-realtime",
        validate: explained<SessionProperties>(function (value) {
          return this.target === "model" && !value
            ? "voice-live-session.error.model"
            : undefined;
        }),
      },
      profile: { value: "" },
      agent: {
        value: {},
        validate: explained<SessionProperties>(function (value) {
          return this.target === "agent" ? agentProblem(value) : undefined;
        }),
      },
      settings: {
        value: {
          instructions:
            "You are a friendly voice assistant. Answer in one or two short sentences.",
          voice: {
            type: "azure-standard",
            name: "en-US-Ava:DragonHDLatestNeural",
          },
          turn_detection: { type: "azure_semantic_vad" },
          input_audio_noise_reduction: { type: "azure_deep_noise_suppression" },
          input_audio_echo_cancellation: { type: "server_echo_cancellation" },
          input_audio_transcription: { model: "azure-speech" },
        },
        validate: withReason<SessionProperties>(function (value) {
          return settingsProblem(value, surroundingsOf(this), (key, values) =>
            this._(key, values),
          );
        }),
      },
      authorizedServers: { value: [] },
      greeting: {
        value: { mode: "none", text: "" },
        validate: explained(greetingProblem),
      },
      conversations: { value: "one" },
      key: { value: "_session.id", required: true },
      keyType: { value: "msg" },
      carry: { value: ["_session"] },
      connect: { value: "deploy" },
      // The settings above already ask the service to cancel echo.
      echo: { value: "none" },
      echoTailMs: {
        value: 350,
        validate: numberBetween(0, 5000, "voice-live-session.error.echoTailMs"),
      },
      silenceSeconds: {
        value: 0,
        validate: numberBetween(
          0,
          86_400,
          "voice-live-session.error.silenceSeconds",
        ),
      },
      idleMinutes: {
        value: 10,
        validate: numberBetween(
          0,
          1440,
          "voice-live-session.error.idleMinutes",
        ),
      },
      maxConversations: {
        value: 100,
        validate: numberBetween(
          1,
          10_000,
          "voice-live-session.error.maxConversations",
        ),
      },
      sessionMinutes: {
        value: 50,
        validate: numberBetween(
          1,
          60,
          "voice-live-session.error.sessionMinutes",
        ),
      },
      renewMarginSeconds: {
        value: 120,
        validate: explained<SessionProperties>(function (value) {
          return renewalProblem(value, sessionMinutesOf(this));
        }),
      },
      historyItems: {
        value: 50,
        validate: numberBetween(
          0,
          1_000,
          "voice-live-session.error.historyItems",
        ),
      },
      historyCharacters: {
        value: 16_000,
        validate: numberBetween(
          0,
          1_000_000,
          "voice-live-session.error.historyCharacters",
        ),
      },
      historyStore: { value: "" },
      maxMinutes: {
        value: 0,
        validate: numberBetween(
          0,
          Number.MAX_SAFE_INTEGER,
          "voice-live-session.error.maxMinutes",
        ),
      },
      maxTokens: {
        value: 0,
        validate: numberBetween(
          0,
          Number.MAX_SAFE_INTEGER,
          "voice-live-session.error.maxTokens",
        ),
      },
      dayMinutes: {
        value: 0,
        validate: numberBetween(
          0,
          Number.MAX_SAFE_INTEGER,
          "voice-live-session.error.dayMinutes",
        ),
      },
      dayTokens: {
        value: 0,
        validate: numberBetween(
          0,
          Number.MAX_SAFE_INTEGER,
          "voice-live-session.error.dayTokens",
        ),
      },
      callsPerMinute: {
        value: 60,
        validate: numberBetween(
          1,
          10_000,
          "voice-live-session.error.callsPerMinute",
        ),
      },
      callSteps: {
        value: 10,
        validate: numberBetween(1, 1_000, "voice-live-session.error.callSteps"),
      },
    },
    // The authorizations themselves are the runtime's alone.
    credentials: {
      mcpChanges: { type: "password" },
    },
    paletteLabel() {
      return this._("voice-live-session.label.palette");
    },
    label() {
      return (
        this.name ||
        (this.target === "agent" ? this.agent.name : this.model) ||
        this._("voice-live-session.label.palette")
      );
    },
    labelStyle() {
      return this.name ? "node_label_italic" : "";
    },
    oneditprepare() {
      offerContextStores();
      prepareDialog(this);
      showProperties(this);
      dialog = openSettings(this, (key, values) => this._(key, values ?? {}));
      bindSessionTrial(this.id, dialog, (key, values) =>
        this._(key, values ?? {}),
      );
    },
    oneditsave() {
      this.agent = agentFromForm();
      this.greeting = {
        mode: textOf("voice-live-session-greeting-mode"),
        text: textOf("voice-live-session-greeting-text"),
      };
      this.profile = textOf("node-config-input-profile").trim();
      this.carry = listFrom(textOf("voice-live-session-carry"), /[,\s]/);
      Object.assign(this, numbersFromForm());
      this.historyStore = textOf("node-config-input-historyStore");
      if (!dialog) return;
      this.settings = dialog.settings;
      sendAuthorizations(this.authorizedServers, dialog.mcp.secrets());
      this.authorizedServers = authorizedLabels(dialog.mcp.secrets());
      this.echo = dialog.echo();
      if (!dialog.json.read().ok)
        reportUnusedJson(this._("voice-live-session.error.unused"));
      dialog.json.destroy();
    },
    oneditcancel() {
      dialog?.json.destroy();
    },
    oneditresize(size) {
      dialog?.tabs.resize();
      dialog?.json.resize(
        Math.max(MIN_EDITOR_HEIGHT, size.height - EDITOR_MARGIN),
      );
    },
  },
);

/** The button that has the runtime try what the dialog shows. */
function bindSessionTrial(
  id: string,
  opened: Dialog,
  translate: Translate,
): void {
  bindTrial({
    id: "voice-live-session-try",
    url: `voice-live-session/${id}/try`,
    body: () =>
      opened.json.read().ok
        ? { ...shownSession(), settings: opened.settings }
        : translate("voice-live-session.tip.unread"),
    words: (answer) => sessionWords(answer, translate),
    details: (answer) => sessionDetails(answer, translate),
    failed: (status) =>
      translate("voice-live-session.error.tryFailed", {
        status: String(status),
      }),
  });
}

/** What the dialog says of the session besides its settings. */
function shownSession(): object {
  return {
    resource: textOf("node-config-input-resource"),
    target: textOf("node-config-input-target"),
    model: textOf("node-config-input-model"),
    profile: textOf("node-config-input-profile").trim(),
    agent: agentFromForm(),
    greeting: {
      mode: textOf("voice-live-session-greeting-mode"),
      text: textOf("voice-live-session-greeting-text"),
    },
  };
}

/** Fills the controls of everything that is no session setting. */
function showProperties(node: SessionProperties): void {
  fillSuggestions("voice-live-session-models", KNOWN_MODELS);
  fillSuggestions("voice-live-session-profiles", BYOM_PROFILES);
  agentInputs().each((_index, input) => {
    $(input).val(node.agent[agentMember(input)] ?? "");
  });
  setChoice($("#voice-live-session-greeting-mode"), node.greeting.mode);
  $("#voice-live-session-greeting-text").val(node.greeting.text);
  $("#voice-live-session-carry").val(node.carry.join(", "));
  for (const name of NUMBER_NAMES)
    $(`#node-config-input-${name}`).val(node[name] ?? NUMBERS[name]);
  $("#node-config-input-key").typedInput({
    types: ["msg"],
    typeField: $("#node-config-input-keyType"),
  });
  showRowsFor("node-config-input-target", $(".voice-live-target"));
  showRowsFor("voice-live-session-greeting-mode", $(".voice-live-greeting"));
  showRowsFor(
    "node-config-input-conversations",
    $(".voice-live-conversations"),
  );
}

function numbersFromForm(): Partial<Record<NumberName, number>> {
  return Object.fromEntries(
    NUMBER_NAMES.map((name) => [name, numberOf(`node-config-input-${name}`)]),
  );
}

/** The context stores of this Node-RED. */
function offerContextStores(): void {
  const select = $("#node-config-input-historyStore");
  for (const store of contextStores())
    $("<option>").attr("value", store).text(store).appendTo(select);
}

/** What the editor knows of the runtime's settings; the published types leave it out. */
function contextStores(): readonly string[] {
  const { context } = RED.settings as unknown as {
    context?: { stores?: readonly string[] };
  };
  return context?.stores ?? [];
}

/** While the dialog is open, what it says counts. */
function sessionMinutesOf(node: SessionProperties): unknown {
  const shown = $("#node-config-input-sessionMinutes").val();
  return shown ?? node.sessionMinutes ?? NUMBERS.sessionMinutes;
}

/** Ties the forms, the JSON of the Advanced tab and the one settings object together. */
function openSettings(
  { settings, echo = "none", authorizedServers = [] }: SessionProperties,
  translate: Translate,
): Dialog {
  const notice = createUnreadNotice();
  const change = (changed: Settings): void => {
    opened.settings = changed;
    opened.json.show(changed);
    notice.onReading(true);
  };
  const echoSelect = createEchoSelect(echo, settings);
  const opened: Dialog = {
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
    composed: [echoSelect.control, sensitivitySelect()],
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

/** Hands over what was typed; untouched secrets stay where they are, in the runtime. */
function sendAuthorizations(
  before: readonly string[] | undefined,
  secrets: readonly ServerSecret[],
): void {
  const input = $("#node-config-input-mcpChanges");
  const pending = readJson(String(input.val() ?? ""), "object");
  const changes = authorizationChanges(
    secrets,
    before ?? [],
    pending.ok ? (pending.value as AuthorizationChanges) : {},
  );
  if (Object.keys(changes).length > 0) input.val(JSON.stringify(changes));
}

/** The select that stands for the `echo` property and the settings' echo cancellation together. */
function createEchoSelect(
  echo: string,
  settings: Settings,
): { control: SettingControl; echoOf(settings: Settings): string } {
  let chosen = { echo, settings };
  const memory = new ChoiceMemory([ECHO_PATH]);
  const echoOf = (edited: Settings): string => echoAfterEdit(chosen, edited);
  const control: SettingControl = {
    element: $("#voice-live-session-echo"),
    read: (edited) => shownEcho({ echo: echoOf(edited), settings: edited }),
    write(edited, choice) {
      memory.leave(edited, control.read(edited));
      const next = chooseEcho(edited, choice);
      chosen = {
        echo: next.echo,
        settings: memory.enter(next.settings, choice),
      };
      return chosen.settings;
    },
    isOffered: () => true,
  };
  return { control, echoOf };
}

function sensitivitySelect(): SettingControl {
  const memory = new ChoiceMemory(SENSITIVITY_PATHS);
  return {
    element: $("#voice-live-session-sensitivity"),
    read: sensitivityOf,
    write(settings, choice) {
      memory.leave(settings, sensitivityOf(settings));
      return memory.enter(chooseSensitivity(settings, choice), choice);
    },
    isOffered: isSensitivityOffered,
  };
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

function agentInputs(): JQuery {
  return $("#node-config-dialog-edit-form [data-agent]");
}

function agentMember(input: HTMLElement): string {
  return String($(input).data("agent"));
}

function agentFromForm(): Record<string, string> {
  const members = agentInputs()
    .toArray()
    .map(
      (input) => [agentMember(input), String($(input).val()).trim()] as const,
    );
  return Object.fromEntries(members.filter(([, text]) => text !== ""));
}
