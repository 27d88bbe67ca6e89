import {
  AZURE_OPENAI_VERSIONS,
  DEFAULT_API_VERSION,
  type Dialect,
  dialectFor,
  DIALECTS,
  isOpenAI,
  OPENAI_VERSION,
  realtimePath,
} from "../lib/protocol";
import {
  EVENT_NAMES,
  OPENAI_EVENT_NAMES,
  PART_NAMES,
  wirePath,
} from "../lib/protocol/dialect";
import {
  type FieldRule,
  RESPONSE_FIELDS,
  SESSION_FIELDS,
} from "../lib/protocol/session-fields";

const TITLES: Readonly<Record<Dialect, string>> = {
  dated: "Voice Live, dated versions",
  v1: "Voice Live `v1`",
  openai: "OpenAI, Azure OpenAI `v1`",
  "openai-beta": "Azure OpenAI previews",
};

const HEAD = `# Services and dialects

<!-- Generated from lib/protocol/ by \`npm run docs\`; a test fails when the two differ. -->

Flows are the same with every service: settings have the names of Voice Live's dated versions, and events arrive under these
names. What goes over the wire is translated by the tables below. A setting that a service does not have is left out; one
\`warning\` of the event node (code \`settings\`) names each, with the reason, and so does \`notApplied\` of \`ready\`. Raw events
that a flow sends are not translated: they are written as the service wants them.
`;

const AFTER_SERVICES = `
Azure Voice Live and Azure OpenAI take an API key or Microsoft Entra ID (scopes \`https://ai.azure.com/.default\` and
\`https://cognitiveservices.azure.com/.default\`), OpenAI a key. The simulator plays all of them, at these paths; on the resource
node its API version chooses. It refuses what the service it plays refuses, and says in \`session.created\` that it is a simulator.

OpenAI's services have no agents and no \`pre_generated_assistant_message\`: exact words are asked for by an instruction, which the
model may not keep. Instructions that are added to one response are put behind the session's. Where a value is replaced, such as
\`server_vad\` for Azure's detectors or \`whisper-1\` for Azure's transcription, the warning says so. Audio is PCM16 at 24 kHz or
G.711 there.
`;

/** docs/dialects.md: what each kind of service has and lacks. */
export function dialectsDoc(): string {
  return [
    HEAD,
    "## Services\n",
    services(),
    AFTER_SERVICES,
    "## Settings of a session\n",
    "The name on the wire, where the dialect has the setting, and what it takes of it; otherwise why it is missing.\n",
    fields(SESSION_FIELDS),
    "## Parameters of a response\n",
    fields(RESPONSE_FIELDS),
    "## Names of events and parts\n",
    names(),
  ].join("\n");
}

function services(): string {
  const rows = [
    ["Azure Voice Live", "`azure`", "voice-live", DEFAULT_API_VERSION],
    ["Azure Voice Live", "`azure`", "voice-live", "v1"],
    ["OpenAI Realtime", "`openai`", "openai", OPENAI_VERSION],
    ...AZURE_OPENAI_VERSIONS.slice(0, 2).map(
      (version) =>
        [
          "Azure OpenAI Realtime",
          "`azure-openai`",
          "azure-openai",
          version,
        ] as const,
    ),
  ] as const;
  const cells = rows.map(([name, choice, kind, version]) => [
    name,
    choice,
    kind === "openai" ? "–" : `\`${version}\``,
    `\`${realtimePath(kind, version)}\``,
    TITLES[dialectFor(kind, version)],
    `\`${version}\``,
  ]);
  return table(
    [
      "service",
      "`service`",
      "API version",
      "path",
      "dialect",
      "of a simulator",
    ],
    cells,
  );
}

function fields(rules: Readonly<Record<string, FieldRule>>): string {
  const cells = Object.entries(rules).map(([name, rule]) => [
    `\`${name}\``,
    ...DIALECTS.map((dialect) => cell(name, rule, dialect)),
  ]);
  return table(["setting", ...DIALECTS.map((each) => TITLES[each])], cells);
}

function cell(name: string, rule: FieldRule, dialect: Dialect): string {
  const reason = rule.lacking?.[dialect];
  if (reason !== undefined) return `– (${reason})`;
  const path = wirePath(name, rule, dialect);
  const shown = path === name ? "yes" : `\`${path}\``;
  const isPart = isOpenAI(dialect) && rule.openAITakes !== undefined;
  return isPart ? `${shown}: ${rule.openAITakes}` : shown;
}

function names(): string {
  const inNested = (name: string): string[] => ["yes", name, name, "yes"];
  const rows = [
    ...EVENT_NAMES.map(([ours, nested]) => [
      ours,
      ...inNested(`\`${nested}\``),
    ]),
    ...OPENAI_EVENT_NAMES.map(([ours, theirs]) => [
      ours,
      "yes",
      "yes",
      `\`${theirs}\`, and \`conversation.item.done\` when it is whole`,
      "yes",
    ]),
    ...PART_NAMES.map(([ours, nested]) => [
      `part ${ours}`,
      ...inNested(`\`${nested}\``),
    ]),
  ];
  return table(
    ["name here", ...DIALECTS.map((each) => TITLES[each])],
    rows.map(([name = "", ...others]) => [`\`${name}\``, ...others]),
  );
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join(
    "\n",
  );
}
