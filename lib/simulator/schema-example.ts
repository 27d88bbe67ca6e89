type Schema = Readonly<Record<string, unknown>>;

/** Deep enough for any real function; a schema that refers to itself ends here. */
const DEEPEST = 8;

/** The simplest value that a JSON Schema allows: its const, default, example or first enum member, else the least of its type. */
export function exampleOf(schema: unknown, depth = 0): unknown {
  if (!isSchema(schema) || depth > DEEPEST) return undefined;
  const given = givenBy(schema);
  if (given !== undefined) return given;
  const [choice] = [schema["anyOf"], schema["oneOf"], schema["allOf"]]
    .flat()
    .filter(isSchema);
  return choice ? exampleOf(choice, depth + 1) : leastOf(schema, depth);
}

function givenBy(schema: Schema): unknown {
  if (schema["const"] !== undefined) return schema["const"];
  if (schema["default"] !== undefined) return schema["default"];
  return [schema["examples"], schema["enum"]]
    .flat()
    .find((value) => value !== undefined);
}

function leastOf(schema: Schema, depth: number): unknown {
  switch (
    [schema["type"]].flat()[0] ??
    (schema["properties"] ? "object" : undefined)
  ) {
    case "object":
      return leastObject(schema, depth);
    case "array":
      return Array.from({ length: numberOf(schema["minItems"], 0) }, () =>
        exampleOf(schema["items"], depth + 1),
      );
    case "integer":
    case "number":
      return leastNumber(schema);
    case "boolean":
      return true;
    case "string":
      return "example"
        .padEnd(numberOf(schema["minLength"], 0), "x")
        .slice(0, numberOf(schema["maxLength"], 1000));
    default:
      return null;
  }
}

/** Required members, or all when none is named: an empty call would show nothing. */
function leastObject(schema: Schema, depth: number): Record<string, unknown> {
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"])
    ? schema["required"]
    : Object.keys(properties);
  return Object.fromEntries(
    required.map((name) => [
      String(name),
      exampleOf(properties[String(name)], depth + 1) ?? null,
    ]),
  );
}

function leastNumber(schema: Schema): number {
  if (typeof schema["minimum"] === "number") return schema["minimum"];
  if (typeof schema["exclusiveMinimum"] === "number")
    return Math.floor(schema["exclusiveMinimum"]) + 1;
  return Math.min(1, numberOf(schema["maximum"], 1));
}

function numberOf(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
