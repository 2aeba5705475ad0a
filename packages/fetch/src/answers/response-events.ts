import type { StreamError } from "@waybill/core";

import { isMembers, membersOf, textOf, type Members } from "../members.js";
import type { EventForm, Moment } from "./event-answer.js";

/** Places in lists of an answer are small; a larger one is none. */
const MOST_ITEMS = 10_000;

/**
 * The events of OpenAI's Responses API. Its last one (`response.completed`, `.incomplete` or `.failed`) holds the answer
 * whole; until then the answer is what the items and their pieces make.
 */
export class ResponseEvents implements EventForm {
  /** The answer as the events about the whole of it have it. */
  #response: Members = {};
  readonly #items: (Members | undefined)[] = [];
  /** Text of pieces by the item and the part of it that they belong to. */
  readonly #texts = new Map<string, { item: number; part: number; kind: Piece; text: string }>();
  #said = "";
  #status: "complete" | "error" | undefined;
  #error: StreamError | undefined;

  add(event: Members): Moment | undefined {
    const { type } = event;
    const end = typeof type === "string" ? ends.get(type) : undefined;
    if (isMembers(event.response)) this.#response = event.response;
    if (end) return this.#end(end);
    switch (type) {
      case "error":
        this.#status = "error";
        this.#error = errorOf(isMembers(event.error) ? event.error : event);
        return "finish";
      case "response.output_item.added":
      case "response.output_item.done":
        this.#takeItem(event);
        return membersOf(event.item).type === "function_call" ? "firstTool" : undefined;
      default:
        return this.#takePiece(event);
    }
  }

  answer(): Members {
    if (this.#status !== undefined && Array.isArray(this.#response.output)) return this.#response;
    const output = this.#items.flatMap((item, index) => (item ? [this.#withPieces(item, index)] : []));
    return { object: "response", ...this.#response, output };
  }

  text(): string {
    return this.#said;
  }

  usage(): Members | null {
    return isMembers(this.#response.usage) ? this.#response.usage : null;
  }

  error(): StreamError | undefined {
    return this.#error;
  }

  status(): "complete" | "error" | undefined {
    return this.#status;
  }

  #end(end: "complete" | "error"): Moment {
    this.#status = end;
    const { error } = this.#response;
    if (end === "error") this.#error = errorOf(membersOf(error));
    return "finish";
  }

  #takeItem({ output_index: index, item }: Members): void {
    if (isPlace(index) && isMembers(item)) this.#items[index] = item;
  }

  #takePiece({ type, delta, output_index: item, content_index, summary_index }: Members): Moment | undefined {
    const kind = typeof type === "string" ? kinds.get(type) : undefined;
    if (!kind || typeof delta !== "string") return undefined;
    const part = content_index ?? summary_index ?? 0;
    if (isPlace(item) && isPlace(part)) {
      const key = `${item}/${kind}/${part}`;
      const known = this.#texts.get(key);
      if (known) known.text += delta;
      else if (this.#texts.size < MOST_ITEMS) this.#texts.set(key, { item, part, kind, text: delta });
    }
    if (kind === "text") this.#said += delta;
    return kind === "arguments" ? "firstTool" : kind === "reasoning" ? "firstReasoning" : "firstContent";
  }

  /** An item that was not finished has its pieces apart. */
  #withPieces(item: Members, index: number): Members {
    if (item.status === "completed") return item;
    const own = [...this.#texts.values()].filter((piece) => piece.item === index);
    const call = own.find(({ kind }) => kind === "arguments");
    if (call) return { ...item, arguments: call.text };
    const content = own.flatMap(({ kind, text }): Members[] => {
      if (kind === "text") return [{ type: "output_text", text }];
      return kind === "refusal" ? [{ type: "refusal", refusal: text }] : [];
    });
    const summary = own.flatMap(({ kind, text }) =>
      kind === "reasoning" ? [{ type: "summary_text", text }] : [],
    );
    return {
      ...item,
      ...(content.length > 0 ? { content } : {}),
      ...(summary.length > 0 ? { summary } : {}),
    };
  }
}

type Piece = "text" | "refusal" | "reasoning" | "arguments";

const kinds: ReadonlyMap<string, Piece> = new Map([
  ["response.output_text.delta", "text"],
  ["response.refusal.delta", "refusal"],
  ["response.reasoning_text.delta", "reasoning"],
  ["response.reasoning_summary_text.delta", "reasoning"],
  ["response.function_call_arguments.delta", "arguments"],
  ["response.custom_tool_call_input.delta", "arguments"],
]);

/** An answer that stops at a limit is whole: it says itself that it is incomplete, and why. */
const ends: ReadonlyMap<string, "complete" | "error"> = new Map([
  ["response.completed", "complete"],
  ["response.incomplete", "complete"],
  ["response.failed", "error"],
  ["response.cancelled", "error"],
]);

function isPlace(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < MOST_ITEMS;
}

function errorOf(error: Members): StreamError {
  const [code, type] = [textOf(error.code), textOf(error.type)];
  return {
    message: textOf(error.message) ?? "the response failed without words",
    ...(code === undefined ? {} : { code }),
    ...(type === undefined || type === "error" ? {} : { type }),
    raw: error,
  };
}
