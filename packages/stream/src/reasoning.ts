import { isObject, weightOf, type Members } from "./members.js";
import type { Parts } from "./parts.js";
import type { StreamContext } from "./stream-context.js";
import { Text } from "./text.js";

const MAX_ITEMS = 10_000;

/** So many items may take turns. */
const MAX_OPEN = 16;
const MAX_WEIGHT = 16 * 1024 * 1024;

/** A detail or a block whose text grows: all of its members, and the text of the one called `member`. */
type Item = { members: Members; member: string | undefined; text: Text; pieces: number };

/** The spellings that are lists of items. */
const LISTS = ["reasoning_details", "thinking_blocks"] as const;

/**
 * The reasoning of a choice. Services spell it in four ways, and some in two of them at once: the text of a delta is taken
 * from the first spelling that it has. Details and signatures are kept beside it.
 */
export class Reasoning {
  readonly #context: StreamContext;
  readonly #parts: Parts;
  readonly #choice: number;
  /** The member that the text came from. */
  #source: string | undefined;
  readonly #lists: Partial<Record<(typeof LISTS)[number], Item[]>> = {};

  constructor(context: StreamContext, parts: Parts, choice: number) {
    this.#context = context;
    this.#parts = parts;
    this.#choice = choice;
  }

  /** Adds what a delta says, in all spellings. */
  add(delta: Members): void {
    const first = textOf(delta.reasoning_content);
    const second = textOf(delta.reasoning);
    if (first !== "") this.text(first, "reasoning_content");
    if (first !== "" && first === second) {
      this.#context.note("R3", "the same reasoning under two names; counted once", this.#choice);
    } else if (second !== "") {
      if (first !== "") this.#context.note("reasoning-differs", "two reasonings at once", this.#choice);
      this.text(second, "reasoning");
    }
    let isTold = first !== "" || second !== "";
    for (const name of LISTS) {
      const items = delta[name];
      if (Array.isArray(items)) isTold = this.#addItems(name, items, isTold);
    }
  }

  /** Adds reasoning that a member of this name carries. */
  text(text: string, source: string): void {
    this.#context.append(this.#parts.open("thinking"), text);
    this.#source ??= source;
    if (this.#context.watch.note("firstReasoning")) this.#context.revision++;
  }

  /** The members of a message that are about reasoning. */
  result(): Members {
    const lists = Object.entries(this.#lists).map(([name, items]) => [name, items.map(toValue)]);
    return {
      ...(this.#source
        ? { reasoning_content: this.#parts.join("thinking"), reasoning_source: this.#source }
        : {}),
      ...Object.fromEntries(lists),
    };
  }

  /**
   * Adds details or blocks. Pieces of one follow each other, with the same type and index, until a signature closes it.
   * Returns whether the text of the reasoning is told.
   */
  #addItems(name: (typeof LISTS)[number], items: readonly unknown[], wasTold: boolean): boolean {
    let isTold = wasTold;
    const list = (this.#lists[name] ??= []);
    for (const [place, item] of items.entries()) {
      if (!isObject(item)) {
        this.#context.note("bad-member", `an item of ${name} is no object; it is left out`, this.#choice);
        continue;
      }
      const member = ["text", "summary", "thinking"].find((each) => typeof item[each] === "string");
      const text = member === undefined ? "" : textOf(item[member]);
      const signature = textOf(item.signature);
      const open = this.#openItem(list, item, member, place === 0);
      // A signed block may come whole behind its own pieces, or behind their text under another name.
      const isRepeat = signature !== "" && text !== "" && text === this.#toldOf(open);
      if (text !== "" && !wasTold && !isRepeat) {
        this.text(text, name);
        isTold = true;
      }
      this.#put(list, open, item, member, isRepeat && open ? "" : text);
      if (item.type === "redacted_thinking") this.#parts.redacted(item.data ?? null);
      if (signature !== "") this.#parts.sign(signature);
    }
    return isTold;
  }

  /**
   * The item that this one goes on with.
   *
   * @param isFirst items of one delta are not pieces of each other, unless an index says so.
   */
  #openItem(list: Item[], item: Members, member: string | undefined, isFirst: boolean): Item | undefined {
    const isNumbered = item.index !== undefined && item.index !== null;
    if (!isFirst && !isNumbered) return undefined;
    return list.slice(-MAX_OPEN).findLast((each) => isPiece(each, item, member));
  }

  /** The text that a signed block may repeat: of several pieces; one piece may well equal the next. */
  #toldOf(open: Item | undefined): string | undefined {
    if (!open) return this.#parts.unsigned();
    return open.pieces > 1 ? open.text.toString() : undefined;
  }

  #put(list: Item[], open: Item | undefined, item: Members, member: string | undefined, text: string): void {
    const weight = weightOf(item, MAX_WEIGHT);
    if (weight === Infinity || (!open && list.length >= MAX_ITEMS)) {
      this.#context.note("too-large", "reasoning details are too much to be kept", this.#choice);
      return;
    }
    if (!this.#context.hold(weight)) return;
    if (!open) {
      const opened: Item = { members: { ...item }, member, text: new Text(), pieces: 1 };
      list.push(opened);
      opened.text.add(text);
      return;
    }
    open.text.add(text);
    open.pieces++;
    for (const each of Object.keys(item))
      if (each !== open.member) open.members[each] = item[each] ?? open.members[each];
  }
}

/** Whether an item goes on with an earlier one: of the same kind, and not signed. */
function isPiece({ members, member: known }: Item, item: Members, member: string | undefined): boolean {
  const isText =
    known !== undefined && (member === known || (member === undefined && item.signature !== undefined));
  const isAgreed = (name: string) => (item[name] ?? members[name]) === (members[name] ?? item[name]);
  return isText && !members.signature && isAgreed("type") && isAgreed("id") && item.index === members.index;
}

function toValue({ members, member, text }: Item): Members {
  return member === undefined ? members : { ...members, [member]: text.toString() };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
