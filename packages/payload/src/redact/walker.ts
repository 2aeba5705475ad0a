import type { Members } from "../members.js";
import { setMember } from "../plain.js";
import { describesValues, schemaMembers } from "./json-schema.js";
import { saysNothing, secretStart } from "./secret-value.js";
import { tokenEnd } from "./token.js";

/** References to where a secret is kept, which are none. */
const reference = /^(?:os\.environ\/\w+|\$\{\w+\}|\$[A-Z_][A-Z0-9_]*)$/;
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

  /** `isNamed`: a member that holds the value is named as one for secrets. */
  value(value: unknown, isNamed: boolean, isListed = false): unknown {
    if (typeof value === "string") return isNamed ? this.#field(value) : this.#text(value);
    if (typeof value !== "object" || value === null) return value;
    if (!Array.isArray(value)) return this.#members(value as Members, isNamed);
    return this.#list(value as unknown[], isNamed, isListed && this.#isPair(value as unknown[]));
  }

  /** `[name, value]`, as one of a list of headers. */
  #isPair(list: readonly unknown[]): boolean {
    return list.length === 2 && typeof list[0] === "string" && this.#isSecret(list[0]);
  }

  #list(list: readonly unknown[], isNamed: boolean, isPair: boolean): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (let index = 0; index < list.length; index++) {
      const item = list[index];
      // Vectors are long, and numbers hold no secrets.
      if (typeof item === "number") continue;
      const redacted = this.value(item, isNamed || (isPair && index === 1), true);
      if (redacted !== item) (copy ??= [...list])[index] = redacted;
    }
    return copy ?? list;
  }

  #members(members: Members, isBelow: boolean): Members {
    const isSchema = isBelow && describesValues(members);
    const pairName = "value" in members ? (members.name ?? members.key) : undefined;
    const isPair = typeof pairName === "string" && this.#isSecret(pairName);
    const names = Object.keys(members);
    // The words of an answer have names of this kind where their probabilities are told.
    const isWord = "logprob" in members;
    let copy: Members | undefined;
    for (const [index, name] of names.entries()) {
      const member = members[name];
      const newName = name.length < SHORTEST_NAME ? name : this.#text(name);
      const canHold = typeof member === "object" || typeof member === "string";
      const isNamed =
        (canHold && this.#isSecret(name) && !(isWord && name === "token")) ||
        (isPair && name === "value") ||
        (isBelow && !(isSchema && schemaMembers.has(name)));
      const redacted = this.value(member, isNamed);
      if (!copy && (redacted !== member || newName !== name)) {
        copy = {};
        for (const before of names.slice(0, index)) setMember(copy, before, members[before]);
      }
      if (copy) setMember(copy, newName, redacted);
    }
    return copy ?? members;
  }

  #field(value: string): string {
    if (value === "" || saysNothing(value) || reference.test(value)) return value;
    const start = secretStart(value, 0, value.length);
    if (tokenEnd(value, start) === value.length) return value;
    return value.slice(0, start) + this.#standIn(value.slice(start), "field");
  }
}
