import {
  carriers,
  ENUMS,
  EVENTS,
  MODELS,
  type CatalogueEvent,
  type Side,
} from "./protocol-paths/catalogue";
import {
  deliveredBy,
  NOTES,
  NOWHERE,
  sentBy,
  type NodePath,
} from "./protocol-paths/paths";

const HEAD = `# Coverage of the protocol

<!-- Generated from scripts/protocol-paths/ by \`npm run docs\`; a test fails when the two differ. -->

Every event, object and value of the Voice Live reference, and the way by which a flow sends or receives it. Tests walk these
tables over a real socket: each event goes each way that is named here, with each of its members.

- **control**, action \`send\`, sends any event as it is. **event** delivers any as it came, when \`raw\` is ticked; only audio
  comes out of **audio out** alone, because there may be fifty pieces of it a second, and the confirmations of replayed memory come
  not at all.
- The settings of a session go in by the session node's dialog, by its _Advanced_ tab, or by **control**, action \`update\`; all in
  the service's own names, so that members which are not known here pass as well.
`;

/** More events than that are not named one by one. */
const NAMED = 4;

/** docs/coverage.md: the catalogue of the reference with the paths of the nodes. */
export function coverageDoc(): string {
  return [
    HEAD,
    "## Client events",
    "",
    "| event | since | members | sent by |",
    "| --- | --- | --- | --- |",
    ...EVENTS.client.map((event) => eventRow(event, sentBy(event.type))),
    "",
    "## Server events",
    "",
    "| event | since | members | delivered by |",
    "| --- | --- | --- | --- |",
    ...EVENTS.server.map((event) => eventRow(event, deliveredBy(event.type))),
    "",
    "## Objects",
    "",
    "| object | members | sent in | delivered in |",
    "| --- | --- | --- | --- |",
    ...Object.entries(MODELS).map(([name, { fields }]) =>
      placedRow(name, Object.keys(fields)),
    ),
    "",
    "## Values",
    "",
    "| values of | which | sent in | delivered in |",
    "| --- | --- | --- | --- |",
    ...Object.entries(ENUMS).map(([name, values]) => placedRow(name, values)),
    "",
  ].join("\n");
}

function eventRow(
  { type, since, fields }: CatalogueEvent,
  paths: readonly NodePath[],
): string {
  const ways = paths.map(({ node, how }) => `**${spoken(node)}** ${how}`);
  const note = NOTES[type];
  const cells = [
    code(type),
    since,
    list(Object.keys(fields)),
    [ways.join(", "), ...(note ? [note] : [])].join(". "),
  ];
  return row(cells);
}

/** @throws Error when something of the reference has neither a place nor a reason to have none */
function placedRow(name: string, members: readonly string[]): string {
  const sent = placesOf("client", name);
  const delivered = placesOf("server", name);
  if (sent || delivered) {
    const places = [sent ?? "only delivered", delivered ?? "only sent"];
    return row([name, list(members), ...places]);
  }
  const reason = NOWHERE[name];
  if (!reason) throw new Error(`${name} is carried by no event`);
  return row([name, list(members), reason, reason]);
}

function placesOf(side: Side, name: string): string | undefined {
  const events = carriers(side, name);
  if (events.length === 0) return undefined;
  const named = events.slice(0, NAMED).map(code).join(", ");
  return events.length > NAMED
    ? `${named} and ${events.length - NAMED} more`
    : named;
}

function list(names: readonly string[]): string {
  return names.length > 0 ? names.map(code).join(", ") : "none";
}

function code(name: string): string {
  return `\`${name}\``;
}

/** As the palette names the node. */
function spoken(node: string): string {
  return node === "function" ? "function call" : node.replace("-", " ");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
