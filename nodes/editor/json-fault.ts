/** White space and one token; a string, a number, a word, or a mark. */
const TOKEN =
  /[ \t\r\n]*(?:("(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])|([{}[\],:]))/y;

type Expected =
  "value" | "name" | "colon" | "next" | "valueOrEnd" | "nameOrEnd";

/**
 * Where a text stops being JSON: the offset of the first character that cannot stand there; the text's length when it ends
 * too soon.
 */
export function jsonFaultAt(text: string): number {
  const open: string[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    const start = at + (/^[ \t\r\n]*/.exec(text.slice(at))?.[0].length ?? 0);
    if (!token) return start;
    const follower = follow(expected, markOf(token), open);
    if (!follower) return start;
    expected = follower;
    at = TOKEN.lastIndex;
  }
}

/** A string, any other plain value, or the mark itself. */
function markOf([, string, plain, mark]: RegExpExecArray): string {
  if (string !== undefined) return "string";
  return plain === undefined ? (mark ?? "") : "plain";
}

function follow(
  expected: Expected,
  mark: string,
  open: string[],
): Expected | undefined {
  switch (expected) {
    case "value":
    case "valueOrEnd":
      return value(mark, open, expected === "valueOrEnd");
    case "name":
    case "nameOrEnd":
      if (mark === "}" && expected === "nameOrEnd") return close(open);
      return mark === "string" ? "colon" : undefined;
    case "colon":
      return mark === ":" ? "value" : undefined;
    default:
      return next(mark, open);
  }
}

function value(
  mark: string,
  open: string[],
  canEnd: boolean,
): Expected | undefined {
  if (mark === "{" || mark === "[") {
    open.push(mark);
    return mark === "{" ? "nameOrEnd" : "valueOrEnd";
  }
  if (mark === "]" && canEnd) return close(open);
  return mark === "string" || mark === "plain" ? "next" : undefined;
}

function next(mark: string, open: string[]): Expected | undefined {
  const inside = open.at(-1);
  if (mark === "," && inside === "{") return "name";
  if (mark === "," && inside === "[") return "value";
  if (mark === "}" && inside === "{") return close(open);
  return mark === "]" && inside === "[" ? close(open) : undefined;
}

function close(open: string[]): Expected {
  open.pop();
  return "next";
}
