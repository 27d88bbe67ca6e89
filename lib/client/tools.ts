import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import type { FunctionTool } from "../protocol";
import { VoiceLiveError } from "./errors";

/** A function that the flow answers. */
export interface ToolDeclaration {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments; an object schema. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Without a result for so long, the model is told that there is none. */
  readonly timeoutMs: number;
}

interface Declared {
  readonly declaration: ToolDeclaration;
  readonly validate: ValidateFunction;
}

/** Names the service accepts for functions. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** All functions of one session node. */
export class ToolBox {
  readonly #tools = new Map<string, Declared>();

  /**
   * @returns a function that takes the declaration back
   * @throws VoiceLiveError `VOICE_LIVE_TOOL` for a bad name, a second function of the same name, or a bad schema
   */
  declare(declaration: ToolDeclaration): () => void {
    const { name } = declaration;
    if (!NAME.test(name)) {
      throw new VoiceLiveError(
        "VOICE_LIVE_TOOL",
        name === ""
          ? "The function has no name"
          : `The function name «${name.slice(0, 80)}» is not allowed`,
        {
          nextStep:
            "Use 1 to 64 letters, digits, _ or -, for example get_weather.",
        },
      );
    }
    if (this.#tools.has(name)) {
      throw new VoiceLiveError(
        "VOICE_LIVE_TOOL",
        `The function ${name} is declared twice on this session`,
        { nextStep: "Rename one of the two function nodes." },
      );
    }
    const declared = { declaration, validate: compile(declaration) };
    this.#tools.set(name, declared);
    return () => {
      if (this.#tools.get(name) === declared) this.#tools.delete(name);
    };
  }

  /** As `session.update` carries them, by name: a node that a deploy takes away and brings back changes nothing. */
  definitions(): readonly FunctionTool[] {
    return [...this.#tools.keys()].toSorted().map((name) => {
      const { description, parameters } = this.#tools.get(name)!.declaration; // the key is from the map
      return { type: "function", name, description, parameters };
    });
  }

  timeoutMs(name: string): number | undefined {
    return this.#tools.get(name)?.declaration.timeoutMs;
  }

  /**
   * @param json - arguments as the model wrote them
   * @returns the arguments, checked against the function's schema
   * @throws VoiceLiveError `VOICE_LIVE_TOOL` for a function that nobody declared, `VOICE_LIVE_ARGUMENTS` for arguments that break its schema
   */
  readArguments(name: string, json: string): unknown {
    const tool = this.#tools.get(name);
    if (!tool) {
      throw new VoiceLiveError(
        "VOICE_LIVE_TOOL",
        `The model called the function ${name.slice(0, 80)}, which no function node declares`,
        {
          nextStep:
            "Add a function call node of this name, or remove the tool from the settings.",
        },
      );
    }
    const value = parseArguments(name, json);
    if (!tool.validate(value)) {
      throw new VoiceLiveError(
        "VOICE_LIVE_ARGUMENTS",
        `The arguments of ${name} break its schema: ${firstProblem(tool.validate.errors)}`,
        {
          nextStep:
            "The model was told; if it repeats, describe the parameters more clearly.",
        },
      );
    }
    return value;
  }
}

function parseArguments(name: string, json: string): unknown {
  try {
    return JSON.parse(json === "" ? "{}" : json, dropPrototypeKey);
  } catch (cause) {
    throw new VoiceLiveError(
      "VOICE_LIVE_ARGUMENTS",
      `The arguments of ${name} are not JSON`,
      { nextStep: "The model was told and can try again.", cause },
    );
  }
}

/** A model's words must not reach the prototype of an object that a flow merges them into. */
function dropPrototypeKey(key: string, value: unknown): unknown {
  return key === "__proto__" || key === "constructor" || key === "prototype"
    ? undefined
    : value;
}

function compile({ name, parameters }: ToolDeclaration): ValidateFunction {
  try {
    // One instance per schema: an `$id` in two schemas must not clash, and a removed tool leaves nothing behind.
    return new Ajv({
      strict: false,
      allErrors: false,
      validateFormats: false,
    }).compile(withoutDialect(parameters));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new VoiceLiveError(
      "VOICE_LIVE_TOOL",
      `The parameters of ${name} are not a JSON schema: ${problem}`,
      { nextStep: "Correct them in the function node.", cause },
    );
  }
}

/** Tools write the draft they know of into their schemas; a validator refuses any but its own, though all mean the same here. */
function withoutDialect<T>(schema: T): T {
  return typeof schema === "object" && schema !== null
    ? { ...schema, $schema: undefined }
    : schema;
}

function firstProblem(
  errors: readonly ErrorObject[] | null | undefined,
): string {
  const first = errors?.[0];
  if (!first) return "unknown";
  const where =
    first.instancePath === ""
      ? "the object"
      : first.instancePath.slice(1).replaceAll("/", ".");
  return `${where} ${first.message ?? first.keyword}`;
}
