/**
 * What a member holds. `id` names something that is remembered, so its length has a bound. `index` is a position in a
 * list, read as 0 when absent: every source sends lists of one.
 * `frames` is a list or a string (protocol.md §15.15).
 */
export type Basic =
  | "string"
  | "id"
  | "number"
  | "integer"
  | "index"
  | "boolean"
  | "object"
  | "array"
  | "frames"
  | "any";

/** Objects inside events, described in `shapes.ts`. */
export type ShapeName =
  | "session"
  | "response"
  | "statusDetails"
  | "item"
  | "part"
  | "errorDetails"
  | "warningDetails"
  | "requestItem"
  | "requestPart"
  | "responseParams";

type Kind = Basic | ShapeName;

/** A member that must be there. */
export type RequiredField = Kind | `${Kind}[]`;

/** A member that may be null or absent. */
export type OptionalField = `${RequiredField}?`;

/** The members of an object that are checked; others pass. */
export type Fields = {
  readonly [member: string]: RequiredField | OptionalField;
};

/** One member to check, taken apart once, because every frame is checked. */
export interface Check {
  readonly member: string;
  readonly kind: string;
  readonly isOptional: boolean;
}

export function checksOf(fields: Fields): readonly Check[] {
  return Object.entries(fields).map(([member, field]) => {
    const isOptional = field.endsWith("?");
    return {
      member,
      kind: isOptional ? field.slice(0, -1) : field,
      isOptional,
    };
  });
}
