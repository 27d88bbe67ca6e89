import type { EditorNodeProperties } from "node-red";
import { reportUnusedJson } from "./editor/json-panel";
import type { Settings } from "./editor/json-path";
import { readJson } from "./editor/json-text";
import {
  authorizationChanges,
  authorizedLabels,
  type AuthorizationChanges,
  type ServerSecret,
} from "./editor/mcp-servers";
import { prepareDialog } from "./editor/prepare-dialog";
import {
  agentProblem,
  greetingProblem,
  settingsProblem,
} from "./editor/session-checks";
import { openSessionDialog, type SessionDialog } from "./editor/session-dialog";
import {
  offerContextStores,
  readForm,
  showForm,
  type FormProperties,
} from "./editor/session-form";
import { marginProperty, numberProperty } from "./editor/session-numbers";
import { surroundingsOf } from "./editor/session-surroundings";
import { bindSessionTrial } from "./editor/session-trial";
import { explained, withReason, type Translate } from "./editor/validate";

interface SessionProperties extends EditorNodeProperties, FormProperties {
  version?: number;
  resource: string;
  target: "model" | "agent";
  model: string;
  settings: Settings;
  conversations: "one" | "keyed";
  key: string;
  keyType: string;
  connect: "deploy" | "input" | "command";
  /** Labels of MCP servers with an authorization. */
  authorizedServers?: string[];
  /** `none`, `server`, `client` or `half-duplex`. */
  echo?: string;
}

interface SessionCredentials {
  mcpChanges: string;
}

const MIN_EDITOR_HEIGHT = 200;
/** Room for the fields and the tip above the JSON, the form's padding and a line for what is wrong. */
const EDITOR_MARGIN = 460;

let dialog: SessionDialog | undefined;

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
      echoTailMs: numberProperty("echoTailMs"),
      silenceSeconds: numberProperty("silenceSeconds"),
      idleMinutes: numberProperty("idleMinutes"),
      maxConversations: numberProperty("maxConversations"),
      sessionMinutes: numberProperty("sessionMinutes"),
      renewMarginSeconds: marginProperty<SessionProperties>(),
      historyItems: numberProperty("historyItems"),
      historyCharacters: numberProperty("historyCharacters"),
      historyStore: { value: "" },
      maxMinutes: numberProperty("maxMinutes"),
      maxTokens: numberProperty("maxTokens"),
      dayMinutes: numberProperty("dayMinutes"),
      dayTokens: numberProperty("dayTokens"),
      callsPerMinute: numberProperty("callsPerMinute"),
      callSteps: numberProperty("callSteps"),
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
      showForm(this);
      const translate: Translate = (key, values) => this._(key, values ?? {});
      dialog = openSessionDialog(this, translate);
      bindSessionTrial(this.id, dialog, translate);
    },
    oneditsave() {
      Object.assign(this, readForm());
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
