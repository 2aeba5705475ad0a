import type { OrderedPart } from "@waybill/core";

import { weightOf } from "./members.js";
import type { StreamContext } from "./stream-context.js";
import { Text } from "./text.js";

type Part =
  | { type: "text"; text: Text }
  | { type: "thinking"; text: Text; signature?: string }
  | { type: "redacted_thinking"; data: unknown }
  | { type: "tool_call"; slot: object }
  | { type: "other"; part: unknown };

const MAX_PARTS = 65_536;
const MAX_WEIGHT = 16 * 1024 * 1024;

/** The text and the thinking of a choice, and how they took turns with each other and with tool calls. */
export class Parts {
  readonly #context: StreamContext;
  readonly #list: Part[] = [];

  constructor(context: StreamContext) {
    this.#context = context;
  }

  /** The text that more of `type` goes into. */
  open(type: "text" | "thinking"): Text {
    const last = this.#list.at(-1);
    if (last?.type === type && !("signature" in last)) return last.text;
    const known = this.#isFull() ? this.#list.findLast((part) => part.type === type) : undefined;
    // Beyond the limit the order is given up, and the text is not.
    if (known?.type === type) return known.text;
    const text = new Text();
    this.#list.push({ type, text });
    this.#context.revision++;
    return text;
  }

  /** Puts a text in place of all that came before. */
  replaceText(content: string): void {
    const first = this.#list.findIndex((part) => part.type === "text");
    const kept = this.#list.filter((part, index) => part.type !== "text" || index === first);
    this.#list.splice(0, this.#list.length, ...kept);
    const text = new Text();
    text.add(content);
    this.#list[Math.max(0, first)] = { type: "text", text };
  }

  /** Signs the thinking at hand. */
  sign(signature: string): void {
    const last = this.#list.findLast((part) => part.type === "thinking");
    if (!last || "signature" in last) {
      this.#push({ type: "thinking", text: new Text(), signature });
      return;
    }
    last.signature = signature;
    this.#context.revision++;
  }

  redacted(data: unknown): void {
    this.#push({ type: "redacted_thinking", data });
  }

  toolCall(slot: object): void {
    this.#push({ type: "tool_call", slot });
  }

  other(part: unknown): void {
    const weight = weightOf(part, MAX_WEIGHT);
    if (weight > MAX_WEIGHT) this.#context.note("too-large", "a part of the content is too large to be kept");
    else this.#push({ type: "other", part });
    this.#context.size += Math.min(weight, MAX_WEIGHT);
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
