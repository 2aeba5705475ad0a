import type { ChatCompletionChunk, ChatCompletionEmit } from "@waybill/core";

type Delta = NonNullable<NonNullable<NonNullable<ChatCompletionChunk["choices"]>[number]["delta"]>>;
type Fragment = NonNullable<Delta["tool_calls"]>[number];
/** A tool call of a completion. */
export type ToolCall = NonNullable<ChatCompletionEmit["choices"][number]["message"]["tool_calls"]>[number];

type Slot = { index: number; id: string; type: string; name: string; text: string; isCustom: boolean };

/** The tool calls of one choice, assembled from their fragments. */
export class ToolCalls {
  readonly #slots: Slot[] = [];

  /** Adds a fragment to the call it belongs to, or begins a new one. */
  add(fragment: Fragment): void {
    const slot = this.#slotOf(fragment);
    slot.id ||= fragment.id ?? "";
    slot.type ||= fragment.type ?? "";
    const { function: fn, custom } = fragment;
    if (custom) {
      slot.isCustom = true;
      slot.name ||= custom.name ?? "";
      slot.text += custom.input ?? "";
    }
    if (fn) {
      slot.name ||= fn.name ?? "";
      const { arguments: text } = fn;
      slot.text += typeof text === "string" ? text : text ? JSON.stringify(text) : "";
    }
  }

  /** The calls in the order of their index; an id that never came is `call_<n>`. */
  result(): ToolCall[] {
    return this.#slots
      .toSorted((left, right) => left.index - right.index)
      .map((slot, place) => {
        const id = slot.id || `call_${place}`;
        return slot.isCustom || slot.type === "custom"
          ? { id, type: "custom", custom: { name: slot.name, input: slot.text } }
          : { id, type: slot.type || "function", function: { name: slot.name, arguments: slot.text } };
      });
  }

  #slotOf({ index, id, function: fn, custom }: Fragment): Slot {
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
    if (slot) return slot;
    const isFree = typeof index === "number" && !this.#slots.some((known) => known.index === index);
    const free = Math.max(-1, ...this.#slots.map((known) => known.index)) + 1;
    const opened = { index: isFree ? index : free, id: "", type: "", name: "", text: "", isCustom: false };
    this.#slots.push(opened);
    return opened;
  }
}
