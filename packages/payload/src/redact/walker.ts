import type { Members } from "../members.js";
import { setMember } from "../plain.js";
import { secretStart } from "./text-fields.js";
import { tokenEnd } from "./token.js";

/** References to where a secret is kept, which are none. */
const reference = /^(?:os\.environ\/\w+|\$\{?\w+\}?)$/;
/** Shorter names have no room for a secret. */
const SHORTEST_NAME = 16;

/** Goes through a value that JSON can hold, and copies only what changes. */
export class Walker {
  readonly #text: (text: string) => string;
  readonly #standIn: (secret: string, kind: string) => string;
  readonly #isSecret: (name: string) => boolean;

  constructor(
    text: (text: string) => string,
    standIn: (secret: string, kind: string) => string,
    isSecret: (name: string) => boolean,
  ) {
    this.#text = text;
    this.#standIn = standIn;
    this.#isSecret = isSecret;
  }

  /** `isNamed`: the member that holds the value is named as one for secrets. */
  value(value: unknown, isNamed: boolean): unknown {
    if (typeof value === "string") return isNamed ? this.#field(value) : this.#text(value);
    if (typeof value !== "object" || value === null) return value;
    return Array.isArray(value) ? this.#list(value as unknown[], isNamed) : this.#members(value as Members);
  }

  #list(list: readonly unknown[], isNamed: boolean): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (let index = 0; index < list.length; index++) {
      const item = list[index];
      // Vectors are long, and numbers hold no secrets.
      if (typeof item === "number") continue;
      const redacted = this.value(item, isNamed);
      if (redacted !== item) (copy ??= [...list])[index] = redacted;
    }
    return copy ?? list;
  }

  #members(members: Members): Members {
    const names = Object.keys(members);
    // The words of an answer have names of this kind where their probabilities are told.
    const isWord = "logprob" in members;
    let copy: Members | undefined;
    for (const [index, name] of names.entries()) {
      const member = members[name];
      const newName = name.length < SHORTEST_NAME ? name : this.#text(name);
      const isNamed = typeof member === "object" || typeof member === "string" ? this.#isSecret(name) : false;
      const redacted = this.value(member, isNamed && !(isWord && name === "token"));
      if (!copy && (redacted !== member || newName !== name)) {
        copy = {};
        for (const before of names.slice(0, index)) setMember(copy, before, members[before]);
      }
      if (copy) setMember(copy, newName, redacted);
    }
    return copy ?? members;
  }

  #field(value: string): string {
    if (value === "" || reference.test(value)) return value;
    const start = secretStart(value, 0, value.length);
    if (tokenEnd(value, start) === value.length) return value;
    return value.slice(0, start) + this.#standIn(value.slice(start), "field");
  }
}
