/** Node-RED takes the place of a text that is nothing but one reference. */
const ENVIRONMENT_REFERENCE = /^\s*\$\{[^}\s]+\}\s*$/;

export function isEnvironmentReference(value: unknown): boolean {
  return typeof value === "string" && ENVIRONMENT_REFERENCE.test(value);
}

interface EditedNode {
  _(key: string, values?: Problem["values"]): string;
}
type Validator<T> = (this: T, value: string) => boolean;

/** The text of a catalog key, with values put in. */
export type Translate = (
  key: string,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** What is wrong: a catalog key, and what to put into its text. */
export interface Problem {
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/**
 * A validator with a reason, which `check` returns in the user's language.
 * Node-RED shows a returned string as the reason, and only of validators that declare two parameters; the published
 * types know neither, hence the cast.
 */
export function withReason<T>(
  check: (this: T & EditedNode, value: unknown) => string | undefined,
): Validator<T> {
  function validator(
    this: T & EditedNode,
    value: unknown,
    _options: unknown,
  ): boolean | string {
    return check.call(this, value) ?? true;
  }
  return validator as unknown as Validator<T>;
}

/** A validator whose `check` returns the catalog key of what is wrong, or nothing. */
export function explained<T>(
  check: (this: T & EditedNode, value: unknown) => string | undefined,
): Validator<T> {
  return withReason<T>(function (value) {
    const key = check.call(this, value);
    return key === undefined ? undefined : this._(key);
  });
}

/**
 * A validator of a number in a range; a reference to an environment variable passes. So does a property that the flow file
 * leaves out: the runtime has a default for it.
 */
export function numberBetween<T>(
  least: number,
  most: number,
  key: string,
): Validator<T> {
  return explained((value) =>
    value === undefined || isNumberBetween(value, least, most)
      ? undefined
      : key,
  );
}

/** A reference to an environment variable stands for a number that is known at run time only, and passes. */
export function isNumberBetween(
  value: unknown,
  least: number,
  most: number,
): boolean {
  const text = String(value).trim();
  if (isEnvironmentReference(text)) return true;
  const number = Number(text);
  return text !== "" && number >= least && number <= most;
}
