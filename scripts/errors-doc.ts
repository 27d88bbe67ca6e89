import { CHAPTERS, type Cause, type Place } from "../lib/client/causes";

/** How a mark reads, by the place where it shows. */
const SEEN_AS: Readonly<Record<Place, (mark: string) => string>> = {
  upgrade: (mark) => `refused upgrade ${mark}`,
  proxy: (mark) => `proxy answers ${mark}`,
  socket: (mark) => `socket ${mark}`,
  close: (mark) => `close ${mark}`,
  opening: (mark) => `\`error\` before the settings are confirmed: ${mark}`,
  service: (mark) => `\`error\` event ${mark}`,
  reply: (mark) => `reply ${mark}`,
  transcription: (mark) => `transcription failed ${mark}`,
  found: (mark) => mark,
  raised: (mark) => `raised as ${mark}`,
};

const HEAD = `# Errors

<!-- Generated from lib/client/causes/ by \`npm run docs\`; a test fails when the two differ. -->

What a message causes reaches the _catch_ nodes of the node that refused it. All else, and the calls of functions that
fail, reaches a _catch_ node on each tab and, as kind \`error\`, the _event_ nodes of the session. What is
wrong in the settings of a session node itself reaches _catch_ nodes and the status only: there is no session to tell of it. The
shape is the same:

- \`code\`: stable; match on it. Several causes may share one.
- \`message\`: one line: the cause, what tells this case from others in brackets, then what to do.
- \`nextStep\`: what to do, alone.
- \`severity\`: what it does to the conversation, see below. \`retryable\` is true for \`retry\`.
- \`retryAfterMs\`: how long the service asked to wait, where it did (at most ten minutes). Nobody of the resource knocks before.
- \`service\`: what the service itself said: \`status\` (HTTP status or close code), \`type\`, \`code\`, \`param\`, \`eventId\`.

| severity | what happens |
| --- | --- |
| \`ignore\` | Nothing is wrong; nobody is told. |
| \`report\` | It is told, and everything goes on. |
| \`retry\` | The session is over. It is opened again: the first time within 250 ms, then ever later up to 30 s, without end. |
| \`stop\` | A person has to mend it. It is told, then tried once a minute, and at once after a deploy or \`connect\`. |

What is not in these tables is reported, and the conversation goes on; a socket that ends for an unknown reason is opened again.
A \`*\` stands for any rest; the longest mark that fits counts.
`;

/** docs/errors.md: the table of causes, chapter by chapter. */
export function errorsDoc(): string {
  const chapters = Object.entries(CHAPTERS).map(([title, causes]) =>
    [
      `## ${title}`,
      "",
      "| cause | severity | code | recognised by | next step |",
      "| --- | --- | --- | --- | --- |",
      ...Object.values<Cause>(causes).map(row),
      "",
    ].join("\n"),
  );
  return [HEAD, ...chapters].join("\n");
}

function row({ cause, severity, code, seen, nextStep }: Cause): string {
  const cells = [
    cause,
    `\`${severity}\``,
    `\`${code}\``,
    marks(seen),
    nextStep,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function marks(seen: Cause["seen"]): string {
  return Object.entries(seen)
    .map(([place, all]) =>
      SEEN_AS[place as Place](all.map((mark) => show(place, mark)).join(", ")),
    )
    .join("; ");
}

function show(place: string, mark: string): string {
  if (place === "found") return mark;
  return mark === "*" ? "anything else" : `\`${mark}\``;
}
