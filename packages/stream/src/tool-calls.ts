import type { ChatCompletionEmit } from "@waybill/core";

import { Kept } from "./kept.js";
import { isObject, jsonText, parseJson, readIndex, type Members } from "./members.js";
import type { Parts } from "./parts.js";
import type { StreamContext } from "./stream-context.js";
import { Text } from "./text.js";

/** A tool call of a completion. */
export type ToolCall = NonNullable<ChatCompletionEmit["choices"][number]["message"]["tool_calls"]>[number];

/** The bound of OpenAI's own client. */
const MAX_CALLS = 128;

/** Names are short; one that grows piece by piece would be compared as often. */
const MAX_NAME = 4096;

/** Members of a fragment that have a rule of their own. */
const KNOWN = new Set(["index", "id", "type", "function", "custom"]);

/** One call while its fragments come in. */
type Slot = {
  /** Its place among the calls, in order. */
  index: number;
  /** The index that its fragments carry, which several servers give to several calls; undefined when they have none. */
  stated: number | undefined;
  /** The chunk that began it, and whether others without an index went on with it. */
  chunk: number;
  isContinued: boolean;
  id: string;
  type: string;
  name: string;
  text: Text;
  isCustom: boolean;
  kept: Kept;
};

/** How to read tool calls. */
export type ToolOptions = {
  /** Append a name that differs from what is known of it, for the few servers that send names in pieces (quirk F9). */
  splitNames: boolean;
};

/** The tool calls of one choice, assembled from their fragments. */
export class ToolCalls {
  readonly #context: StreamContext;
  readonly #parts: Parts;
  readonly #choice: number;
  readonly #options: ToolOptions;
  readonly #slots: Slot[] = [];

  constructor(context: StreamContext, parts: Parts, choice: number, options: ToolOptions) {
    this.#context = context;
    this.#parts = parts;
    this.#choice = choice;
    this.#options = options;
  }

  /** Whether a call has this id. */
  has(id: unknown): boolean {
    return this.#slots.some((slot) => slot.id !== "" && slot.id === id);
  }

  /** Adds a fragment to the call it belongs to, or begins a new one. */
  add(fragment: Members): void {
    const fn = isObject(fragment.function) ? fragment.function : undefined;
    const custom = isPayload(fragment.custom) ? fragment.custom : undefined;
    const id = typeof fragment.id === "string" ? fragment.id : "";
    const name = nameOf(custom) || nameOf(fn);
    const slot = this.#slotOf(fragment.index, id, name);
    if (!slot) {
      const message = `fragments beyond ${MAX_CALLS} tool calls are left out`;
      this.#context.note("too-many-calls", message, this.#choice);
      return;
    }
    if (id !== "" && slot.id === "") {
      if (this.#context.hold(id.length)) slot.id = id;
      this.#context.revision++;
    } else if (id !== "" && slot.id !== id) {
      this.#note("call-id-changed", `a fragment of the call ${slot.id} has the id ${id}; the first is kept`);
    }
    if (typeof fragment.type === "string" && fragment.type !== "" && slot.type === "") {
      slot.type = fragment.type;
      this.#context.revision++;
    }
    if (name !== "") this.#addName(slot, name);
    if (custom && !slot.isCustom) {
      slot.isCustom = true;
      this.#context.revision++;
    }
    this.#addText(slot, custom ? custom.input : fn?.arguments);
    for (const each in fragment) if (!KNOWN.has(each)) slot.kept.add(each, fragment[each]);
    for (const each in fn) if (each !== "name" && each !== "arguments") slot.kept.add(each, fn[each]);
  }

  /** The calls in the order of their index, and the place of each slot among them. */
  result(): { calls: ToolCall[]; places: Map<object, number> } {
    const sorted = this.#slots.toSorted((left, right) => left.index - right.index);
    const ids = new Set(sorted.map(({ id }) => id));
    const places = new Map<object, number>(sorted.map((slot, place) => [slot, place]));
    const calls = sorted.map((slot, place) => toCall(slot, slot.id || freeId(place, ids)));
    return { calls, places };
  }

  /** Notes what is known only when all fragments are here. `isFinished`: the provider says that this is all. */
  noteEnd(isFinished: boolean): void {
    for (const slot of this.#slots) {
      const title = slot.name || `at index ${slot.index}`;
      if (slot.stated === undefined) this.#noteNoIndex(slot, title);
      if (slot.id === "") this.#note("F4", `the tool call ${title} has no id; one is made up`);
      if (slot.type === "" && !slot.isCustom) this.#note("F10", `the tool call ${title} has no type`);
      if (slot.name === "") this.#note("call-without-name", `the tool call ${title} has no name`);
      const text = slot.text.toString();
      if (isFinished && text !== "" && !isCustom(slot) && !parseJson(text))
        this.#note("invalid-arguments", `the arguments of the tool call ${title} are not JSON`);
    }
  }

  #slotOf(index: unknown, id: string, name: string): Slot | undefined {
    const stated = readIndex(index);
    if (stated === undefined) return this.#slotWithoutIndex(id, name);
    const known = this.#slots.findLast((slot) => slot.stated === stated);
    if (known) {
      // Another id with a name is another call; without one it is a continuation whose id changed.
      if (id === "" || known.id === "" || known.id === id) return known;
      const same = this.#slots.find((slot) => slot.id === id);
      if (same) return same;
      if (name === "") return known;
      this.#note("F3", `several tool calls have the index ${stated}`);
      return this.#open(this.#freeIndex(), stated);
    }
    if (id === "" && name === "")
      this.#note("F13", `a fragment of the tool call ${stated}, which has not begun`);
    else if (stated > this.#freeIndex())
      this.#note("F13", `the tool call ${stated} comes before those of lower indexes`);
    return stated >= MAX_CALLS ? undefined : this.#open(stated, stated);
  }

  #slotWithoutIndex(id: string, name: string): Slot | undefined {
    const same = id === "" ? undefined : this.#slots.find((slot) => slot.id === id);
    const known = same ?? (id === "" && name === "" ? this.#slots.at(-1) : undefined);
    if (!known) return this.#open(this.#freeIndex(), undefined);
    if (!known.isContinued) this.#context.revision++;
    known.isContinued = true;
    return known;
  }

  #open(index: number, stated: number | undefined): Slot | undefined {
    if (this.#slots.length >= MAX_CALLS) return undefined;
    const slot: Slot = {
      index,
      stated,
      chunk: this.#context.chunk,
      isContinued: false,
      id: "",
      type: "",
      name: "",
      text: new Text(),
      isCustom: false,
      kept: new Kept(this.#context),
    };
    this.#slots.push(slot);
    this.#parts.toolCall(slot);
    this.#context.revision++;
    return slot;
  }

  #freeIndex(): number {
    let free = 0;
    for (const { index } of this.#slots) if (index >= free) free = index + 1;
    return free;
  }

  #addName(slot: Slot, name: string): void {
    // A repeat, or the beginning of one.
    if (slot.name.startsWith(name)) return;
    this.#context.revision++;
    const isSplit = slot.name !== "" && this.#options.splitNames;
    if (slot.name !== "" && !isSplit)
      this.#note("F9", `the tool call ${slot.name} is also named ${name}; the first name is kept`);
    else if (slot.name.length + name.length > MAX_NAME)
      this.#note("too-large", "a name of a tool is too long");
    else if (this.#context.hold(name.length)) slot.name += name;
  }

  #addText(slot: Slot, stated: unknown): void {
    if (stated === undefined || stated === null) return;
    const text = typeof stated === "string" ? stated : jsonText(stated);
    if (text === undefined) this.#note("too-large", "arguments that cannot be written as JSON");
    else if (text !== stated) this.#note("F8", "arguments that are no text; they are written as JSON");
    this.#context.append(slot.text, text ?? "");
  }

  #noteNoIndex({ chunk, isContinued }: Slot, title: string): void {
    const code = isContinued ? "F2" : "F1";
    const message = `the tool call ${title} has no index${isContinued ? ", nor do its fragments" : ""}`;
    this.#context.diagnostics.note(code, message, chunk, this.#choice);
  }

  #note(code: string, message: string): void {
    this.#context.note(code, message, this.#choice);
  }
}

function toCall(slot: Slot, id: string): ToolCall {
  const text = slot.text.toString();
  const rest = slot.kept.result();
  return isCustom(slot)
    ? { id, type: "custom", custom: { name: slot.name, input: text }, ...rest }
    : { id, type: slot.type || "function", function: { name: slot.name, arguments: text }, ...rest };
}

/** Whether the member `custom` of a fragment says anything: some servers write an empty one beside every function. */
function isPayload(custom: unknown): custom is Members {
  return isObject(custom) && (typeof custom.name === "string" || typeof custom.input === "string");
}

function isCustom(slot: Slot): boolean {
  return slot.isCustom || slot.type === "custom";
}

/** `call_<n>`, or the next that no call of the provider's has. */
function freeId(place: number, ids: Set<string>): string {
  let number = place;
  while (ids.has(`call_${number}`)) number++;
  const id = `call_${number}`;
  ids.add(id);
  return id;
}

function nameOf(stated: Members | undefined): string {
  return typeof stated?.name === "string" ? stated.name : "";
}
