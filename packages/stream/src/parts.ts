import type { OrderedPart } from "@waybill/core";

import { weightOf } from "./members.js";
import type { StreamContext } from "./stream-context.js";
import { Text } from "./text.js";

type TextPart = { type: "text" | "thinking"; text: Text; signature?: string };

type Part =
  | TextPart
  | { type: "redacted_thinking"; data: unknown }
  | { type: "tool_call"; slot: object }
  | { type: "other"; part: unknown };

const MAX_PARTS = 65_536;
const MAX_WEIGHT = 16 * 1024 * 1024;

/** The text and the thinking of a choice, and how they took turns with each other and with tool calls. */
export class Parts {
  readonly #context: StreamContext;
  readonly #list: Part[] = [];
  /** The last part of each type of text, so that finding it does not take longer the more parts there are. */
  readonly #last: { text?: TextPart; thinking?: TextPart } = {};

  constructor(context: StreamContext) {
    this.#context = context;
  }

  /** The text that more of `type` goes into. */
  open(type: "text" | "thinking"): Text {
    const last = this.#last[type];
    // Beyond the limit the order is given up, and the text is not.
    if (last && (this.#isFull() || (last === this.#list.at(-1) && !last.signature))) return last.text;
    const part: TextPart = { type, text: new Text() };
    this.#last[type] = part;
    this.#list.push(part);
    this.#context.revision++;
    return part.text;
  }

  /** Puts a text in place of all that came before. */
  replaceText(content: string): void {
    const first = this.#list.findIndex((part) => part.type === "text");
    const kept = this.#list.filter((part, index) => part.type !== "text" || index === first);
    this.#list.splice(0, this.#list.length, ...kept);
    const part: TextPart = { type: "text", text: new Text() };
    part.text.add(content);
    this.#last.text = part;
    this.#list[Math.max(0, first)] = part;
  }

  /** Signs the thinking at hand. */
  sign(signature: string): void {
    const last = this.#last.thinking;
    if (last && !last.signature) {
      last.signature = signature;
      this.#context.revision++;
    } else {
      const part: TextPart = { type: "thinking", text: new Text(), signature };
      if (!this.#isFull()) this.#last.thinking = part;
      this.#push(part);
    }
  }

  /** The text of the thinking at hand; undefined when it is signed, or there is none. */
  unsigned(): string | undefined {
    const last = this.#last.thinking;
    return last && !last.signature ? last.text.toString() : undefined;
  }

  redacted(data: unknown): void {
    if (this.#holds(data)) this.#push({ type: "redacted_thinking", data });
  }

  toolCall(slot: object): void {
    this.#push({ type: "tool_call", slot });
  }

  other(part: unknown): void {
    if (this.#holds(part)) this.#push({ type: "other", part });
  }

  #holds(value: unknown): boolean {
    const weight = weightOf(value, MAX_WEIGHT);
    if (weight === Infinity) this.#context.note("too-large", "a part is too large or too deep to be kept");
    return weight !== Infinity && this.#context.hold(weight);
  }

  /** All text of a type, joined. */
  join(type: "text" | "thinking"): string {
    let joined = "";
    for (const part of this.#list) if (part.type === type) joined += part.text.toString();
    return joined;
  }

  /** The parts in order; undefined when there is only one kind of text and nothing to tell. */
  ordered(places: ReadonlyMap<object, number> | undefined): OrderedPart[] | undefined {
    if (this.#list.length < 2) return undefined;
    return this.#list.map((part) => toOrdered(part, places));
  }

  #push(part: Part): void {
    this.#context.revision++;
    if (!this.#isFull()) this.#list.push(part);
    else this.#context.note("too-many-parts", `more than ${MAX_PARTS} parts; the order of the rest is lost`);
  }

  #isFull(): boolean {
    return this.#list.length >= MAX_PARTS;
  }
}

function toOrdered(part: Part, places: ReadonlyMap<object, number> | undefined): OrderedPart {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text.toString() };
    case "thinking": {
      const signature = part.signature === undefined ? {} : { signature: part.signature };
      return { type: "thinking", thinking: part.text.toString(), ...signature };
    }
    case "tool_call":
      return { type: "tool_call", index: places?.get(part.slot) ?? 0 };
    default:
      return part;
  }
}
