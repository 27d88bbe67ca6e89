import Ajv, {
  type AnySchema,
  type ErrorObject,
  type ValidateFunction,
} from "ajv";
import type { FunctionTool } from "../protocol";
import { printable } from "./redact";
import { VoiceLiveError } from "./errors";
import { withinMs } from "./time-limit";
import { parseArguments } from "./tool-arguments";
import type { WaitingText } from "./wait-words";

/** A function that the flow answers. */
export interface ToolDeclaration {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments; an object schema. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Without a result for so long, the model is told that there is none. */
  readonly timeoutMs: number;
  /** The flow has to approve each call before it is run. */
  readonly confirm?: boolean;
  /** Said word for word while a call waits for its result. */
  readonly waiting?: WaitingText | undefined;
  /** What becomes of a result that comes after its call was given up. */
  readonly late?: LateResult;
}

/** `report`: an error; `speak`: a note in the conversation, and a response to it. */
export type LateResult = "report" | "speak";

interface Declared {
  readonly declaration: ToolDeclaration;
  readonly validate: ValidateFunction;
}

/** Names the service accepts for functions. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** Ordinary arguments take far less than one; a pattern that backtracks must not hold up the audio for longer. */
const VALIDATE_WITHIN_MS = 250;

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

  needsApproval(name: string): boolean {
    return this.#tools.get(name)?.declaration.confirm ?? false;
  }

  waitingText(name: string): WaitingText | undefined {
    return this.#tools.get(name)?.declaration.waiting;
  }

  speaksLate(name: string): boolean {
    return this.#tools.get(name)?.declaration.late === "speak";
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
    const problem = problemOf(tool.validate, value);
    if (problem === undefined) return value;
    throw new VoiceLiveError(
      "VOICE_LIVE_ARGUMENTS",
      `The arguments of ${name} break its schema: ${problem}`,
      {
        nextStep:
          "The model was told; if it repeats, describe the parameters more clearly.",
      },
    );
  }
}

function problemOf(
  validate: ValidateFunction,
  value: unknown,
): string | undefined {
  try {
    const isValid = withinMs(VALIDATE_WITHIN_MS, () => validate(value));
    return isValid ? undefined : firstProblem(validate.errors);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return "they take too long to check against it";
  }
}

function compile({ name, parameters }: ToolDeclaration): ValidateFunction {
  try {
    // One instance per schema: an `$id` in two schemas must not clash, and a removed tool leaves nothing behind.
    const validate = new Ajv({
      strict: false,
      allErrors: false,
      validateFormats: false,
    }).compile(withoutDialect(parameters));
    // It would answer with a promise, which is always true.
    if ("$async" in validate) throw new TypeError("$async is not supported");
    // A schema that refers to itself without end shows with any arguments.
    withinMs(VALIDATE_WITHIN_MS, () => validate({}));
    return validate;
  } catch (cause) {
    const problem =
      wrongWord(parameters) ??
      (cause instanceof Error ? cause.message : String(cause));
    throw new VoiceLiveError(
      "VOICE_LIVE_TOOL",
      `The parameters of ${name} are not a JSON schema: ${problem}`,
      { nextStep: "Correct them in the function node.", cause },
    );
  }
}

/** Of a type that there is not, the validator says neither what it is nor which there are, and that three times. */
function wrongWord(schema: unknown): string | undefined {
  const ajv = new Ajv({ strict: false, verbose: true });
  try {
    // The draft that describes schemas is not asynchronous.
    void ajv.validateSchema(withoutDialect(schema) as AnySchema);
  } catch {
    return undefined;
  }
  const error = ajv.errors?.find(
    ({ keyword, data }) => keyword === "enum" && typeof data === "string",
  );
  if (!error) return undefined;
  const { allowedValues } = error.params as { allowedValues: string[] };
  return `${placeOf(error)} is ${printable(JSON.stringify(error.data))}, allowed are ${allowedValues.join(", ")}`;
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
  const where = first.instancePath === "" ? "the object" : placeOf(first);
  return `${where} ${first.message ?? first.keyword}`;
}

/** The path can hold names that the model made up. */
function placeOf({ instancePath }: ErrorObject): string {
  return printable(instancePath.slice(1).replaceAll("/", "."));
}
