import { BYOM_PROFILES, KNOWN_MODELS } from "../../lib/protocol/enums";
import { fillSuggestions, setChoice, showRowsFor, textOf } from "./inputs";
import { numbersFromForm, showNumbers, type Numbers } from "./session-numbers";
import { listFrom } from "./text-values";

/** What the dialog shows of a session node besides its settings, where the editor does not do it by itself. */
export interface FormProperties extends Numbers {
  profile?: string;
  agent: Record<string, string>;
  greeting: { mode: string; text: string };
  carry: string[];
  /** Name of a context store; `""` for the memory of the process. */
  historyStore?: string;
}

/** Fills the controls of everything that is no session setting. */
export function showForm(node: FormProperties): void {
  fillSuggestions("voice-live-session-models", KNOWN_MODELS);
  fillSuggestions("voice-live-session-profiles", BYOM_PROFILES);
  agentInputs().each((_index, input) => {
    $(input).val(node.agent[agentMember(input)] ?? "");
  });
  setChoice($("#voice-live-session-greeting-mode"), node.greeting.mode);
  $("#voice-live-session-greeting-text").val(node.greeting.text);
  $("#voice-live-session-carry").val(node.carry.join(", "));
  showNumbers(node);
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

export function readForm(): FormProperties {
  return {
    ...numbersFromForm(),
    agent: agentFromForm(),
    greeting: {
      mode: textOf("voice-live-session-greeting-mode"),
      text: textOf("voice-live-session-greeting-text"),
    },
    profile: textOf("node-config-input-profile").trim(),
    carry: listFrom(textOf("voice-live-session-carry"), /[,\s]/),
    historyStore: textOf("node-config-input-historyStore"),
  };
}

/** The context stores of this Node-RED, before the editor chooses the one of the node. */
export function offerContextStores(): void {
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
