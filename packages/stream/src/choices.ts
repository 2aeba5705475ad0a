import type { ChatCompletionEmit } from "@waybill/core";

import { Choice, type ChoiceOptions } from "./choice.js";
import { isObject, readIndex, type Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";

/** The bound of OpenAI's own client. */
const MAX_CHOICES = 128;

/**
 * A counter begins with 1 on the services that count (old TGI), and choices with 0. From 0 on, fewer choices than these,
 * each of one chunk, may well be what was asked for.
 */
const MIN_COUNTED = 16;

/** How to read choices. */
export type ChoicesOptions = ChoiceOptions & {
  /** How many choices were asked for; undefined when that is not known. */
  n: number | undefined;
};

/** The choices of a completion, by their index. */
export class Choices {
  readonly #context: StreamContext;
  readonly #options: ChoicesOptions;
  /** With gaps: an index may be left out. */
  #byIndex: (Choice | undefined)[] = [];
  /**
   * The last index, as long as every chunk had one choice with text and the index behind the one before it: then the index
   * may be a counter of tokens (quirk C3).
   */
  #counted: number | undefined;
  #isFolded = false;
  /** The choice that was last added to. */
  #last: Choice | undefined;

  constructor(context: StreamContext, options: ChoicesOptions) {
    this.#context = context;
    this.#options = options;
    this.#counted = options.n === undefined ? -1 : undefined;
  }

  get size(): number {
    return this.#all().length;
  }

  get areAllFinished(): boolean {
    const all = this.#all();
    return all.length > 0 && all.every((choice) => choice.isFinished);
  }

  get isAnyFinished(): boolean {
    return this.#all().some((choice) => choice.isFinished);
  }

  /** Whether more text is only put behind text, whatever it is: no quirk of repeated text or counted indexes is likely. */
  get isSettled(): boolean {
    return this.#counted === undefined && !this.#isFolded && this.#last?.isSettled === true;
  }

  add(choices: readonly unknown[]): void {
    if (this.#counted !== undefined) this.#count(choices);
    for (let place = 0; place < choices.length; place++) {
      const choice = choices[place];
      if (!isObject(choice)) {
        this.#context.note("bad-member", "a choice that is no object; it is left out");
        continue;
      }
      this.#choiceAt(choice.index, place, choices.length === 1)?.add(choice);
    }
  }

  result(): ChatCompletionEmit["choices"] {
    return this.#all().map((choice) => choice.result());
  }

  /** Says that the stream is over, and notes what is known only then. */
  end(): void {
    const all = this.#all();
    const isOpen = all.every(({ isFinished, index }) => !isFinished || index === this.#counted);
    const isCounter = all[0]?.index === 1 ? all.length > 1 : all.length >= MIN_COUNTED;
    if (this.#counted !== undefined && isOpen && isCounter) this.#fold();
    for (const choice of this.#all()) choice.noteEnd();
  }

  #choiceAt(stated: unknown, place: number, isAlone: boolean): Choice | undefined {
    let index = readIndex(stated) ?? place;
    if (index !== stated)
      this.#context.noteHabit("C2", "a choice has no index; its place in the list counts");
    if (index > 0 && isAlone && (this.#isFolded || this.#options.n === 1)) {
      this.#context.note("C3", `the only choice has the index ${index}, which must be a counter`);
      index = 0;
    }
    const known = this.#byIndex[index];
    this.#last = known;
    if (known) return known;
    if (index >= MAX_CHOICES) {
      this.#context.note("too-many-choices", `choices beyond ${MAX_CHOICES} are left out`);
      return undefined;
    }
    const opened = new Choice(index, this.#context, this.#options);
    this.#byIndex[index] = opened;
    this.#last = opened;
    this.#context.revision++;
    return opened;
  }

  #count(choices: readonly unknown[]): void {
    const last = this.#counted as number;
    const [choice] = choices;
    if (choice === undefined) return;
    const index = isObject(choice) ? choice.index : undefined;
    const isNext = index === last + 1 || (last < 0 && index === 1);
    if (choices.length > 1 || !isNext || !isObject(choice) || !isTextOnly(choice)) {
      this.#counted = undefined;
      return;
    }
    this.#counted = index;
    if (this.#counted >= MAX_CHOICES) this.#fold();
  }

  /** Makes one choice of all. */
  #fold(): void {
    const folded = new Choice(0, this.#context, this.#options);
    for (const choice of this.#all()) folded.absorb(choice.result());
    this.#byIndex = [folded];
    this.#counted = undefined;
    this.#isFolded = true;
    this.#context.note("C3", "the index of the choices counts tokens; they are one choice");
  }

  /** The choices in the order of their index. */
  #all(): Choice[] {
    return this.#byIndex.filter((choice) => choice !== undefined);
  }
}

const TEXTS = new Set(["role", "content", "reasoning", "reasoning_content"]);

/** Whether a choice adds nothing but text. */
function isTextOnly({ delta, text }: Members): boolean {
  if (!isObject(delta)) return typeof text === "string";
  for (const name in delta) {
    const isEmpty = delta[name] === null || delta[name] === undefined;
    if (!isEmpty && !TEXTS.has(name)) return false;
  }
  return true;
}
