import type { ChatCompletionChunk, ChatCompletionEmit } from "@waybill/core";

import { jsonText } from "./json-text.js";

type Delta = NonNullable<NonNullable<NonNullable<ChatCompletionChunk["choices"]>[number]["delta"]>>;
type Fragment = NonNullable<Delta["tool_calls"]>[number];
/** A tool call of a completion. */
export type ToolCall = NonNullable<ChatCompletionEmit["choices"][number]["message"]["tool_calls"]>[number];

type Slot = { index: number; id: string; type: string; name: string; text: string[]; isCustom: boolean };

/** The bound of OpenAI's own client. */
const MAX_CALLS = 128;

/** The tool calls of one choice, assembled from their fragments. */
export class ToolCalls {
  readonly #slots: Slot[] = [];
  /** Fragments of calls beyond the limit, which are lost. */
  dropped = 0;

  /** Adds a fragment to the call it belongs to, or begins a new one. Returns how much text it brought. */
  add(fragment: Fragment): number {
    const slot = this.#slotOf(fragment);
    if (!slot) {
      this.dropped++;
      return 0;
    }
    const { function: fn, custom } = fragment;
    slot.id ||= fragment.id ?? "";
    slot.type ||= fragment.type ?? "";
    slot.name ||= (custom?.name || fn?.name) ?? "";
    if (custom) slot.isCustom = true;
    const stated = custom ? custom.input : fn?.arguments;
    const text = typeof stated === "string" ? stated : stated ? (jsonText(stated) ?? "") : "";
    slot.text.push(text);
    return text.length;
  }

  /** The calls in the order of their index; an id that never came is `call_<n>`. */
  result(): ToolCall[] {
    return this.#slots
      .toSorted((left, right) => left.index - right.index)
      .map((slot, place) => {
        const id = slot.id || `call_${place}`;
        const text = slot.text.join("");
        return slot.isCustom || slot.type === "custom"
          ? { id, type: "custom", custom: { name: slot.name, input: text } }
          : { id, type: slot.type || "function", function: { name: slot.name, arguments: text } };
      });
  }

  #slotOf({ index, id, function: fn, custom }: Fragment): Slot | undefined {
    const name = fn?.name || custom?.name;
    const isOther = (slot: Slot) => Boolean(id && slot.id && id !== slot.id && name);
    let slot: Slot | undefined;
    if (typeof index === "number") {
      // Several servers give every call of a turn the index 0: another id with a name is another call.
      slot = this.#slots.findLast((known) => known.index === index);
      if (slot && isOther(slot)) slot = this.#slots.find((known) => known.id === id);
    } else {
      slot = id ? this.#slots.find((known) => known.id === id) : name ? undefined : this.#slots.at(-1);
    }
    if (slot || this.#slots.length >= MAX_CALLS) return slot;
    const isFree = typeof index === "number" && !this.#slots.some((known) => known.index === index);
    const free = Math.max(-1, ...this.#slots.map((known) => known.index)) + 1;
    const opened: Slot = {
      index: isFree ? index : free,
      id: "",
      type: "",
      name: "",
      text: [],
      isCustom: false,
    };
    this.#slots.push(opened);
    return opened;
  }
}
