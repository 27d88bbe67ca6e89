/**
 * Takes the ticket out of the part of the address that no server and no log sees.
 * @param hash - `#ticket=…`, as `location.hash` has it
 * @returns the ticket, and what stays in the address bar
 */
export function takeTicket(hash: string): {
  readonly ticket: string | undefined;
  readonly rest: string;
} {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const ticket = fields.get("ticket") ?? undefined;
  fields.delete("ticket");
  const rest = fields.toString();
  return { ticket: ticket || undefined, rest: rest === "" ? "" : `#${rest}` };
}
