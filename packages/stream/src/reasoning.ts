import { isObject, weightOf, type Members } from "./members.js";
import type { Parts } from "./parts.js";
import type { StreamContext } from "./stream-context.js";
import { Text } from "./text.js";

const MAX_ITEMS = 10_000;
const MAX_WEIGHT = 16 * 1024 * 1024;

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
  readonly #details: Item[] = [];
  readonly #blocks: Item[] = [];

  constructor(context: StreamContext, parts: Parts, choice: number) {
    this.#context = context;
    this.#parts = parts;
    this.#choice = choice;
  }

  /** Adds what a delta says, in all spellings. */
  add(delta: Members): void {
    const {
      reasoning_content: content,
      reasoning,
      reasoning_details: details,
      thinking_blocks: blocks,
    } = delta;
    const first = typeof content === "string" ? content : "";
    const second = typeof reasoning === "string" ? reasoning : "";
    if (first !== "") this.text(first, "reasoning_content");
    if (second !== "" && first === "") this.text(second, "reasoning");
    else if (second !== "") {
      if (first === second) {
        const message = "the same reasoning under two names; counted once";
        this.#context.note("R3", message, this.#choice);
      } else {
        this.#context.note(
          "reasoning-differs",
          "different reasoning under two names; both kept",
          this.#choice,
        );
        this.text(second, "reasoning");
      }
    }
    let isTold = first !== "" || second !== "";
    if (Array.isArray(details)) isTold = this.#addDetails(details, isTold) || isTold;
    if (Array.isArray(blocks)) this.#addBlocks(blocks, isTold);
  }

  /** Adds reasoning that a member of this name carries. */
  text(text: string, source: string): void {
    this.#context.append(this.#parts.open("thinking"), text);
    this.#source ??= source;
    if (this.#context.watch.note("firstReasoning")) this.#context.revision++;
  }

  /** The members of a message that are about reasoning. */
  result(): Members {
    const text = this.#parts.join("thinking");
    return {
      ...(this.#source ? { reasoning_content: text, reasoning_source: this.#source } : {}),
      ...(this.#details.length > 0 ? { reasoning_details: this.#details.map(toValue) } : {}),
      ...(this.#blocks.length > 0 ? { thinking_blocks: this.#blocks.map(toValue) } : {}),
    };
  }

  /** OpenRouter: pieces of one detail share its type and index. Returns whether it brought text. */
  #addDetails(details: readonly unknown[], isTold: boolean): boolean {
    let hasText = false;
    for (const detail of details) {
      if (!isObject(detail)) continue;
      const text = stringOf(detail.text) ?? stringOf(detail.summary);
      const member = typeof detail.text === "string" ? "text" : "summary";
      const last = this.#details.at(-1);
      const isMore =
        text !== undefined &&
        last?.textMember === member &&
        last.members.type === detail.type &&
        last.members.index === detail.index &&
        isAgreed(last.members.id, detail.id);
      if (isMore) this.#extend(last, detail, member, text);
      else this.#push(this.#details, detail, text === undefined ? undefined : member, text);
      if (text && !isTold) this.text(text, "reasoning_details");
      hasText ||= Boolean(text);
    }
    return hasText;
  }

  /** LiteLLM: text until a signature closes the block; redacted blocks are whole. */
  #addBlocks(blocks: readonly unknown[], isTold: boolean): void {
    for (const block of blocks) {
      if (!isObject(block)) continue;
      if (block.type === "redacted_thinking") {
        this.#push(this.#blocks, block, undefined, undefined);
        this.#parts.redacted(block.data ?? null);
        continue;
      }
      const text = stringOf(block.thinking) ?? "";
      const last = this.#blocks.at(-1);
      const isOpen = last?.textMember !== undefined && !last.members.signature;
      if (text !== "" && !isTold) this.text(text, "thinking_blocks");
      if (isOpen) this.#extend(last, block, "thinking", text);
      else this.#push(this.#blocks, { type: "thinking", ...block }, "thinking", text);
      if (typeof block.signature === "string" && block.signature !== "") this.#parts.sign(block.signature);
    }
  }

  #push(list: Item[], members: Members, textMember: string | undefined, text: string | undefined): void {
    const weight = weightOf(members, MAX_WEIGHT);
    if (weight > MAX_WEIGHT || list.length >= MAX_ITEMS) {
      this.#context.note("too-large", "reasoning details are too many or too large to be kept", this.#choice);
      return;
    }
    this.#context.revision++;
    this.#context.size += weight;
    const item: Item = { members: { ...members }, textMember, text: new Text() };
    item.text.add(text ?? "");
    list.push(item);
  }

  #extend(item: Item, more: Members, textMember: string, text: string): void {
    if (weightOf(more, MAX_WEIGHT) > MAX_WEIGHT) {
      this.#context.note("too-large", "reasoning details are too large to be kept", this.#choice);
      return;
    }
    this.#context.append(item.text, text);
    for (const [name, value] of Object.entries(more)) {
      if (name === textMember || value === null || value === undefined || item.members[name] === value)
        continue;
      item.members[name] = value;
      this.#context.revision++;
    }
  }
}

/** A detail or block whose text grows. */
type Item = { members: Members; textMember: string | undefined; text: Text };

function toValue({ members, textMember, text }: Item): Members {
  return textMember === undefined ? members : { ...members, [textMember]: text.toString() };
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isAgreed(known: unknown, later: unknown): boolean {
  return known === later || later === undefined || later === null || known === undefined || known === null;
}
