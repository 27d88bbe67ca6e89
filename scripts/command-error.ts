/** A command that was typed wrongly: one line, exit code 2. Any other error ends a command with 1. */
export class UsageError extends Error {}

/** Prints the error as one line, without a stack, and sets the exit code. */
export function reportFailure(error: unknown): void {
  console.error(firstLine(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** First line of an error or of a logged text, without the name of the error's class. */
export function firstLine(what: unknown): string {
  const { message } = (what ?? {}) as { message?: unknown };
  const [line = ""] = String(message ?? what).split("\n");
  return line.replace(/^[A-Za-z]*Error: /, "");
}

/** What `parseArgs` complained about, and where to look. */
export function asUsageError(error: unknown, help: string): UsageError {
  return new UsageError(
    `${firstLine(error).replace(/\.$/, "")}. Try: ${help}`,
    { cause: error },
  );
}
