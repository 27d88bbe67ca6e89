import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/**
 * Gives a process an order.
 * @returns its result
 * @throws Error with the words of a process that could not carry it out, or that ended
 */
export async function ask(
  child: ChildProcess,
  order: object,
): Promise<unknown> {
  const answered = new AbortController();
  child.send(order);
  const { signal } = answered;
  const [answer] = (await Promise.race([
    once(child, "message", { signal }),
    once(child, "exit", { signal }).then(([code]) => [
      { error: `ended with ${String(code)}` },
    ]),
  ]).finally(() => answered.abort())) as [
    { readonly result?: unknown; readonly error?: string },
  ];
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.result;
}

export async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.disconnect();
  await gone;
}
