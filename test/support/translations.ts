/** A piece of a help text: a heading, a property, an item of a list, a paragraph or code. */
export interface HelpBlock {
  readonly kind: "heading" | "property" | "item" | "port" | "text" | "code";
  readonly text: string;
}

const BEGINNINGS: readonly [HelpBlock["kind"], RegExp][] = [
  ["heading", /^### /],
  ["property", /^: /],
  ["item", /^- /],
  ["port", /^\d+\. /],
  ["code", /^ {4}/],
];
/** What Node-RED's editor takes for a property. */
const PROPERTY = /^:([^:\n]+)\(([^:\n]+)\) :([^:\n]+)$/;
const CODE = /`[^`]+`/g;
const BOLD = /\*\*([^*]+)\*\*/g;
/** Underscores between letters are none of emphasis. Scripts that have no italics put a name in marks of their own. */
const ITALICS =
  /(?<![\p{L}\p{N}_])_([^_]+)_(?![\p{L}\p{N}_])|\*([^*]+)\*|「([^」]+)」|‘([^’]+)’/gu;
const ADDRESS = /\((https?:[^)\s]+)\)/g;
/** Placeholders, environment variables, markup, and properties of messages. */
const KEPT = /__[a-z]+__|\$\{\w+\}|<[^>]+>|\bmsg\.[\w.]+|https?:\/\/\S+/gi;

/** What every translation of a catalog's text has as well, in any order. */
export function keptIn(text: string): readonly string[] {
  return (text.match(KEPT) ?? []).toSorted();
}

/** The pieces of a help text, in order; the first is the line of the script element. */
export function blocksOf(help: string): readonly HelpBlock[] {
  return help.split(/\n\s*\n/).flatMap((part) =>
    part
      .split(/\n(?=### |: |- |\d+\. )/)
      .filter((text) => text.trim() !== "")
      .map((text) => ({ kind: kindOf(text), text: oneLine(text) })),
  );
}

function kindOf(text: string): HelpBlock["kind"] {
  return BEGINNINGS.find(([, pattern]) => pattern.test(text))?.[0] ?? "text";
}

function oneLine(text: string): string {
  return text.startsWith("    ") ? text : text.trim().replaceAll(/\s+/g, " ");
}

/** What a block has in every language: its kind, the name and type of a property, code, addresses, and how much is emphasized. */
export function skeletonOf({ kind, text }: HelpBlock): readonly unknown[] {
  if (kind === "code") return [kind, text];
  const [, name, type] = PROPERTY.exec(text) ?? [];
  const prose = text.replaceAll(CODE, "");
  return [
    kind,
    name,
    type,
    (text.match(CODE) ?? []).toSorted(),
    [...text.matchAll(ADDRESS)].map(([, address]) => address),
    [...prose.matchAll(BOLD)].length,
    italicsIn(text).length,
  ];
}

/** What is in italics in the description of a property, or in any other block: names of fields, choices and nodes. */
export function italicsIn(text: string): readonly string[] {
  const prose = text
    .replace(PROPERTY, "$3")
    .replaceAll(CODE, "")
    .replaceAll(BOLD, "");
  return [...prose.matchAll(ITALICS)].map(
    ([, ...forms]) => forms.find((form) => form !== undefined) ?? "",
  );
}

/** The words of a block, without what is the same in every language. */
export function wordsOf({ text }: HelpBlock): string {
  return text
    .replace(PROPERTY, "$3")
    .replaceAll(CODE, "")
    .replaceAll(ADDRESS, "")
    .replaceAll(ITALICS, "");
}

/** Whether a text of the catalogs is, or has as a whole part, this name; letters may be capitals. */
export function isNamed(name: string, texts: readonly string[]): boolean {
  const wanted = name.toLowerCase();
  return texts.some((text) => {
    const parts = text.toLowerCase().split(/\s*[:：,、，(（)）]\s*/);
    return text.toLowerCase() === wanted || parts.includes(wanted);
  });
}
