import {
  fillSuggestions,
  numberOf,
  setChoice,
  showRowsFor,
  textOf,
} from "./editor/inputs";
import {
  createJsonPanel,
  reportUnusedJson,
  type JsonPanel,
} from "./editor/json-panel";
import {
  isForeignVersion,
  ValuesOfServices,
  versionsOf,
  type ResourceService,
} from "./editor/resource-services";
import { resourceTrial } from "./editor/resource-trial";
import { offerTour, startTour } from "./editor/tour";
import { bindTrial } from "./editor/trial";
import {
  explained,
  isEnvironmentReference,
  numberBetween,
} from "./editor/validate";
import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface ResourceProperties extends EditorNodeProperties {
  version?: number;
  service: ResourceService;
  endpoint: string;
  apiVersion: string;
  auth: "key" | "default" | "client-secret" | "managed-identity";
  tenantId: string;
  clientId: string;
  scope: string;
  organization: string;
  project: string;
  customHost: boolean;
  tls: string;
  proxy: string;
  connectsPerMinute: number;
  /** `assistant`, `echo`, or rules. */
  script: string | object[];
}

interface ResourceCredentials {
  apiKey: string;
  clientSecret: string;
}

/** What a script of one's own begins with: one rule for what is understood, one for the rest. */
const FIRST_SCRIPT = [
  { when: { text: "hello" }, do: [{ say: "Hello! How can I help?" }] },
  { when: {}, do: [{ say: "You said {{text}}." }] },
];
const SCRIPT_EDITOR_HEIGHT = 220;

let script: JsonPanel | undefined;

offerTour();

RED.nodes.registerType<ResourceProperties, ResourceCredentials>(
  "voice-live-resource",
  {
    category: "config",
    icon: "voice-live-resource.svg",
    color: "rgb(150, 176, 160)",
    defaults: {
      name: { value: "" },
      version: { value: 1 },
      service: { value: "simulator" },
      endpoint: {
        value: "",
        validate: explained<ResourceProperties>(function (value) {
          return isAzure(this) && !value
            ? "voice-live-resource.error.endpoint"
            : undefined;
        }),
      },
      apiVersion: {
        value: "2026-07-15",
        validate: explained<ResourceProperties>(function (value) {
          if (this.service === "openai") return undefined;
          if (!value) return "voice-live-resource.error.apiVersion";
          return isForeignVersion(this.service, value)
            ? "voice-live-resource.error.foreignVersion"
            : undefined;
        }),
      },
      auth: { value: "key" },
      tenantId: {
        value: "",
        validate: explained<ResourceProperties>(function (value) {
          return usesClientSecret(this) && !value
            ? "voice-live-resource.error.tenantId"
            : undefined;
        }),
      },
      clientId: {
        value: "",
        validate: explained<ResourceProperties>(function (value) {
          return usesClientSecret(this) && !value
            ? "voice-live-resource.error.clientId"
            : undefined;
        }),
      },
      scope: { value: "https://ai.azure.com/.default", required: true },
      organization: { value: "" },
      project: { value: "" },
      customHost: { value: false },
      tls: { value: "", type: "tls-config", required: false },
      proxy: { value: "", type: "http proxy", required: false },
      connectsPerMinute: {
        value: 30,
        validate: numberBetween(
          1,
          1000,
          "voice-live-resource.error.connectsPerMinute",
        ),
      },
      script: { value: "assistant" },
    },
    credentials: {
      apiKey: { type: "password" },
      clientSecret: { type: "password" },
    },
    paletteLabel() {
      return this._("voice-live-resource.label.palette");
    },
    label() {
      if (this.name) return this.name;
      if (isAzure(this))
        return this.endpoint || this._("voice-live-resource.label.palette");
      if (isEnvironmentReference(this.service)) return this.service;
      return this._(`voice-live-resource.option.service.${this.service}`);
    },
    labelStyle() {
      return this.name ? "node_label_italic" : "";
    },
    oneditprepare() {
      prepareDialog(this);
      setChoice(
        $("#node-config-input-script-choice"),
        typeof this.script === "string" ? this.script : "list",
      );
      script = createJsonPanel({
        id: "node-config-input-script-editor",
        shape: "array",
        value: typeof this.script === "string" ? FIRST_SCRIPT : this.script,
      });
      script.resize(SCRIPT_EDITOR_HEIGHT);
      showRowsFor("node-config-input-service", $(".voice-live-service"));
      showRowsFor("node-config-input-auth", $(".voice-live-auth"));
      followScript();
      followService();
      followKey((service) =>
        this._(`voice-live-resource.placeholder.endpoint.${service}`),
      );
      $("#voice-live-resource-tour").on("click", startTour);
      bindTrial({
        id: "voice-live-resource-test",
        url: `voice-live-resource/${this.id}/test`,
        body: () =>
          resourceTrial(this, scriptFromForm(this.script)) ??
          this._("voice-live-resource.error.testStored"),
        words: ({ ok, message, ms, lacksModel, model }) => {
          if (!ok) return message ?? "";
          return lacksModel
            ? this._("voice-live-resource.tip.testModel", {
                model: String(model),
              })
            : this._("voice-live-resource.tip.testOk", { ms: Number(ms) });
        },
        failed: (status) =>
          this._("voice-live-resource.error.testFailed", { status }),
      });
    },
    oneditsave() {
      this.connectsPerMinute = numberOf("node-config-input-connectsPerMinute");
      const choice = textOf("node-config-input-script-choice");
      if (choice !== "list") this.script = choice;
      else {
        const reading = script?.read();
        if (reading?.ok) this.script = reading.value as object[];
        else reportUnusedJson(this._("voice-live-resource.error.script"));
      }
      script?.destroy();
    },
    oneditcancel() {
      script?.destroy();
    },
  },
);

/** Invalid JSON is the earlier script, as it will be when the dialog is closed. */
function scriptFromForm(
  earlier: ResourceProperties["script"],
): ResourceProperties["script"] {
  const choice = textOf("node-config-input-script-choice");
  if (choice !== "list") return choice;
  const reading = script?.read();
  return reading?.ok ? (reading.value as object[]) : earlier;
}

const SERVICE = "node-config-input-service";
const AUTH = "node-config-input-auth";

/** Keeps version and scope in step with the chosen service. */
function followService(): void {
  const values = new ValuesOfServices(textOf(SERVICE));
  const version = "node-config-input-apiVersion";
  const scope = "node-config-input-scope";
  const offer = (): void =>
    fillSuggestions(
      "voice-live-resource-api-versions",
      versionsOf(textOf(SERVICE)),
    );
  $(`#${SERVICE}`).on("change", () => {
    const typed = { apiVersion: textOf(version), scope: textOf(scope) };
    const next = values.change(textOf(SERVICE), typed);
    $(`#${version}`).val(next.apiVersion).trigger("change");
    $(`#${scope}`).val(next.scope).trigger("change");
    offer();
  });
  offer();
}

/** Rules are edited where they are what is chosen. */
function followScript(): void {
  const choice = "node-config-input-script-choice";
  const follow = (): void =>
    void $(".voice-live-script").toggle(textOf(choice) === "list");
  $(`#${choice}`).on("change", follow);
  follow();
}

/** OpenAI takes keys only, whatever was chosen for Azure before. */
function followKey(exampleOf: (service: string) => string): void {
  const follow = (): void => {
    const service = textOf(SERVICE);
    $(".voice-live-key").toggle(service === "openai" || textOf(AUTH) === "key");
    if (service === "simulator") return;
    const example = exampleOf(service);
    $("#node-config-input-endpoint").attr("placeholder", example);
  };
  $(`#${SERVICE}, #${AUTH}`).on("change", follow);
  follow();
}

function isAzure({ service }: ResourceProperties): boolean {
  return service === "azure" || service === "azure-openai";
}

function usesClientSecret(node: ResourceProperties): boolean {
  return isAzure(node) && node.auth === "client-secret";
}
