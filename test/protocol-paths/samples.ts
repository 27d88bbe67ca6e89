import {
  alternatives,
  ENUMS,
  MODELS,
} from "../../scripts/protocol-paths/catalogue";

/** A value of a type that is no model, by how the reference writes the type. */
const PLAIN: Readonly<Record<string, unknown>> = {
  string: "some text",
  "string(base64)": "AAAA",
  integer: 3,
  number: 0.5,
  boolean: true,
  any: { any: "thing" },
  "Record<string, string>": { name: "value" },
  "Record<string,string>": { name: "value" },
  "Record<string, any>": { any: "thing" },
  "Record<string, string[]>": { never: ["search"] },
  "{type:string; code?:string; message:string}": {
    type: "server_error",
    code: "missing_sdp",
    message: "No offer.",
  },
  "{name:string; limit:integer; remaining:integer; reset_seconds:number}[]": [
    { name: "tokens", limit: 9, remaining: 3, reset_seconds: 0.5 },
  ],
};

/** Members whose value means something beyond its type. */
const MEANT: Readonly<Record<string, unknown>> = {
  audio: "AAAA",
  id: "item_1",
  item_id: "item_1",
  response_id: "resp_1",
  call_id: "call_1",
  arguments: '{"any":"thing"}',
};

/** Makes values of every kind that the reference has, and keeps account of what it has used. */
export class Samples {
  /** `Model.member`. */
  readonly used = new Set<string>();

  /** Objects that together hold each member with each of its kinds of values. */
  ofFields(
    fields: Readonly<Record<string, string>>,
    owner: string,
  ): Record<string, unknown>[] {
    const columns = Object.entries(fields).map(([name, type]) => {
      this.used.add(`${owner}.${name}`);
      const isMeant = name in MEANT && type === "string";
      return [name, isMeant ? [MEANT[name]] : this.#values(type)] as const;
    });
    const count = Math.max(1, ...columns.map(([, values]) => values.length));
    return Array.from({ length: count }, (_, row) =>
      Object.fromEntries(
        columns.map(([name, values]) => [name, values[row % values.length]]),
      ),
    );
  }

  #values(type: string): readonly unknown[] {
    if (type in PLAIN) return [PLAIN[type]];
    return alternatives(type).flatMap((alternative) => this.#each(alternative));
  }

  #each(type: string): readonly unknown[] {
    if (type in PLAIN) return [PLAIN[type]];
    if (type.startsWith('"')) return [JSON.parse(type)];
    if (type.endsWith("[]")) return [[...this.#values(type.slice(0, -2))]];
    const values = ENUMS[type];
    if (values) return values;
    const model = MODELS[type];
    if (!model) throw new Error(`No sample for the type ${type}`);
    return this.ofFields(model.fields, type);
  }
}
