import type { StreamError } from "@waybill/core";

import { isMembers, membersOf, textOf, type Members } from "../members.js";
import type { EventForm, Moment } from "./event-answer.js";

/** Places of content blocks are small; a larger one is none. */
const MOST_BLOCKS = 10_000;

/** Most members that a message and its usage have; they have a dozen each. */
const MOST_MEMBERS = 500;

/** The events of Anthropic's Messages API, as the message that they make. */
export class MessageEvents implements EventForm {
  readonly #message = new Gathered();
  readonly #usage = new Gathered();
  readonly #blocks: (Members | undefined)[] = [];
  /** The input of tools, which comes as pieces of JSON text. */
  readonly #inputs = new Map<number, string>();
  #said = "";
  #status: "complete" | "error" | undefined;
  #error: StreamError | undefined;

  add(event: Members): Moment | undefined {
    switch (event.type) {
      case "message_start":
        this.#message.take(membersOf(event.message));
        this.#takeUsage(membersOf(event.message).usage);
        return "usage";
      case "content_block_start":
        return this.#start(event);
      case "content_block_delta":
        return this.#addPiece(event);
      case "message_delta":
        this.#message.take(membersOf(event.delta));
        this.#takeUsage(event.usage);
        return "finish";
      case "message_stop":
        this.#status ??= "complete";
        return "finish";
      case "error": {
        const { message, type } = membersOf(event.error);
        const kind = textOf(type);
        this.#status = "error";
        this.#error = {
          message: textOf(message) ?? "an error without words",
          ...(kind === undefined ? {} : { type: kind }),
          raw: event.error,
        };
        return "finish";
      }
      default:
        return undefined;
    }
  }

  answer(): Members {
    const content = this.#blocks.flatMap((block, index) => (block ? [this.#whole(block, index)] : []));
    const usage = this.usage();
    return { type: "message", ...this.#message.members(), content, ...(usage ? { usage } : {}) };
  }

  text(): string {
    return this.#said;
  }

  usage(): Members | null {
    return this.#usage.isEmpty ? null : this.#usage.members();
  }

  error(): StreamError | undefined {
    return this.#error;
  }

  status(): "complete" | "error" | undefined {
    return this.#status;
  }

  /** Counts are running totals: a later one stands for the earlier, and what is not said again stays. */
  #takeUsage(usage: unknown): void {
    if (!isMembers(usage)) return;
    this.#usage.take(usage, (value) => value !== null && value !== undefined);
  }

  #start({ index, content_block: block }: Members): Moment | undefined {
    if (!isPlace(index) || !isMembers(block)) return undefined;
    this.#blocks[index] = { ...block };
    if (block.type === "text" && typeof block.text === "string") this.#said += block.text;
    return block.type === "tool_use" ? "firstTool" : undefined;
  }

  #addPiece({ index, delta }: Members): Moment | undefined {
    const piece = membersOf(delta);
    const block = isPlace(index) ? (this.#blocks[index] ??= {}) : undefined;
    if (block === undefined || !isPlace(index)) return undefined;
    switch (piece.type) {
      case "text_delta":
        append(block, "text", piece.text);
        this.#said += typeof piece.text === "string" ? piece.text : "";
        return "firstContent";
      case "thinking_delta":
        append(block, "thinking", piece.thinking);
        return "firstReasoning";
      case "signature_delta":
        append(block, "signature", piece.signature);
        return undefined;
      case "input_json_delta":
        if (typeof piece.partial_json === "string")
          this.#inputs.set(index, (this.#inputs.get(index) ?? "") + piece.partial_json);
        return "firstTool";
      case "citations_delta":
        if (!Array.isArray(block.citations)) block.citations = [];
        (block.citations as unknown[]).push(piece.citation);
        return undefined;
      default:
        return undefined;
    }
  }

  /** A block with its input; text of a call that was cut off is no JSON, and stays text. */
  #whole(block: Members, index: number): Members {
    const input = this.#inputs.get(index);
    if (input === undefined || input === "") return block;
    try {
      return { ...block, input: JSON.parse(input) as unknown };
    } catch {
      return { ...block, input };
    }
  }
}

/** Members that come event by event. A stream has many events: none of them copies what is there. */
class Gathered {
  readonly #members = new Map<string, unknown>();

  take(members: Members, isTold: (value: unknown) => boolean = () => true): void {
    for (const [name, value] of Object.entries(members))
      if (isTold(value) && (this.#members.size < MOST_MEMBERS || this.#members.has(name)))
        this.#members.set(name, value);
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  members(): Members {
    return Object.fromEntries(this.#members);
  }
}

function append(block: Members, name: "text" | "thinking" | "signature", text: unknown): void {
  if (typeof text !== "string") return;
  const known = block[name];
  block[name] = typeof known === "string" ? known + text : text;
}

function isPlace(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < MOST_BLOCKS;
}
