import { MAX_RECENT } from "./diagnostics.js";
import { findLiterals, type Literal } from "./json-literals.js";
import { isObject, type Members } from "./members.js";
import type { RawEvent } from "./sse-decoder.js";
import { MAX_CHUNKS, type StreamContext } from "./stream-context.js";
import { Template, type Cut, type Hole } from "./template.js";
import type { Workbench } from "./workbench.js";

/** More shapes than these do not take turns on one stream. */
const MAX_TEMPLATES = 32;

/** Learning costs as much as reading ten events; it must have paid before it goes on. */
const FIRST_CREDIT = 12;
const MAX_CREDIT = 64;

/** How often an event is learned from all the same when nothing was ever taken. */
const RETRY = 1024;

/** So many events in a row may fit no template: of choices that take turns, each has to be learned. */
const MAX_MISSES = 24;

const LF = 0x0a;
const CR = 0x0d;

/** The strings that text comes in, by their path. */
const TEXTS = new Set([
  "choices.0.delta.content",
  "choices.0.delta.reasoning_content",
  "choices.0.delta.reasoning",
  "choices.0.delta.refusal",
  "choices.0.delta.tool_calls.0.function.arguments",
  "choices.0.delta.tool_calls.0.custom.input",
  "choices.0.delta.function_call.arguments",
  "choices.0.text",
]);

const PADDING = new Set(["obfuscation", "choices.0.obfuscation"]);

/**
 * The fast path. Successive events of a stream differ in a piece of text, padding and some numbers. From an event that was
 * read the plain way, and changed nothing but one text, a template is made; later events that fit it are taken from their
 * bytes. The templates are good as long as nothing else changes: with every other change they are forgotten.
 */
export class Templates {
  readonly #context: StreamContext;
  readonly #addUsage: (usage: Members) => void;
  /** Whether padding says nothing. */
  readonly #isPadded: boolean;
  #list: Template[] = [];
  #current: Template | undefined;
  /** The revision at which the templates were made. */
  #revision = -1;
  #credit = FIRST_CREDIT;
  #retry = RETRY;
  /** How often in a row no template fitted. */
  #misses = 0;
  #created: unknown;

  constructor(context: StreamContext, isPadded: boolean, addUsage: (usage: Members) => void) {
    this.#context = context;
    this.#isPadded = isPadded;
    this.#addUsage = addUsage;
  }

  /** Takes as many whole events from `start` on as fit, and returns where it stopped. */
  take(bench: Workbench, start: number, end: number): number {
    const context = this.#context;
    let at = start;
    let previous = this.#current;
    while (previous && at < end && this.#revision === context.revision && context.chunk + 1 < MAX_CHUNKS) {
      let fitting: Template | undefined = previous.next ?? previous;
      let stop = fitting.take(bench, at, end);
      if (stop === 0) {
        const tried = fitting;
        fitting = undefined;
        for (const template of this.#list) {
          if (template === tried) continue;
          stop = template.take(bench, at, end);
          if (stop === 0) continue;
          fitting = template;
          break;
        }
        if (!fitting) {
          this.#miss();
          break;
        }
      }
      previous.next = fitting;
      previous = fitting;
      at = stop;
      this.#count(fitting);
    }
    if (at === start) return at;
    this.#current = previous;
    this.#misses = 0;
    if (this.#credit < MAX_CREDIT) this.#credit++;
    return at;
  }

  /** Forgets templates that nothing fits: to try them in vain costs more than to learn them again. */
  #miss(): void {
    this.#misses++;
    if (this.#misses > MAX_MISSES) this.#forget();
  }

  #forget(): void {
    this.#list = [];
    this.#current = undefined;
    this.#misses = 0;
  }

  /**
   * Makes a template of an event that was just read the plain way, if it can be one.
   *
   * @param revision the revision in front of it: when it is the same now, the event did nothing but add to a text.
   * @param size the size in front of it.
   * @param isDated whether a time had come, so that its own did not matter.
   */
  learn(raw: RawEvent, value: unknown, revision: number, size: number, isDated: boolean): void {
    const context = this.#context;
    if (!isObject(value)) return;
    const isTimed = isDated && value.created !== this.#created;
    this.#created = value.created;
    if (context.revision !== revision || !context.lastText) return;
    if (this.#revision !== context.revision) {
      this.#forget();
      this.#revision = context.revision;
    }
    if (!this.#mayLearn()) return;
    const usage = isObject(value.usage) ? value.usage : undefined;
    const cuts = cutEvent(raw, {
      usage,
      isTimed,
      isPadded: this.#isPadded,
      value,
      grown: context.size - size,
    });
    if (!cuts) return;
    const habits = [...context.diagnostics.recent];
    if (habits.length > MAX_RECENT) return;
    const template = new Template(raw.bytes, cuts, { text: context.lastText, usage, habits });
    this.#list.unshift(template);
    if (this.#list.length > MAX_TEMPLATES) this.#list.pop();
    if (this.#current) this.#current.next = template;
    this.#current = template;
    template.next = template;
  }

  #count(template: Template): void {
    const context = this.#context;
    context.chunk++;
    context.watch.chunk();
    context.hold(template.units);
    if (template.usage) this.#addUsage(template.usage);
    for (const habit of template.habits) habit.count++;
  }

  #mayLearn(): boolean {
    if (this.#credit > 0) {
      this.#credit--;
      return true;
    }
    this.#retry--;
    if (this.#retry > 0) return false;
    this.#retry = RETRY;
    return true;
  }
}

type Learned = {
  value: Members;
  usage: Members | undefined;
  isTimed: boolean;
  isPadded: boolean;
  grown: number;
};

/** Cuts the bytes of an event at its holes; undefined when they cannot be known for certain. */
function cutEvent(raw: RawEvent, learned: Learned): Cut[] | undefined {
  const { bytes, start, dataStart, dataEnd, end } = raw;
  if (!endsPlainly(bytes, dataEnd, end) || !hasOnePlace(learned.value)) return undefined;
  const literals = findLiterals(bytes, dataStart, dataEnd);
  const texts = literals?.filter((each) => TEXTS.has(each.path) && each.end > each.start);
  const text = texts?.length === 1 ? texts[0] : undefined;
  if (!literals || !text || lengthAt(learned.value, text.path) !== learned.grown) return undefined;
  const cuts: Cut[] = [];
  let at = start;
  for (const literal of literals) {
    const hole = literal === text ? ({ kind: "text" } as const) : holeOf(literal, learned);
    if (!hole) continue;
    cuts.push({ start: at, end: literal.start, hole });
    at = literal.end;
  }
  cuts.push({ start: at, end, hole: undefined });
  return cuts;
}

/** Whether nothing but a LF or a CRLF, twice, stands behind the data: behind a CR the next byte would count. */
function endsPlainly(bytes: Uint8Array, dataEnd: number, end: number): boolean {
  if (end - dataEnd === 2) return bytes[dataEnd] === LF && bytes[dataEnd + 1] === LF;
  return (
    end - dataEnd === 4 && bytes[dataEnd] === CR && bytes[dataEnd + 2] === CR && bytes[dataEnd + 3] === LF
  );
}

/** Whether all that a chunk may add is in one place: one choice, and no more than one tool call. */
function hasOnePlace({ choices }: Members): boolean {
  const [choice] = Array.isArray(choices) && choices.length === 1 ? (choices as unknown[]) : [];
  const delta = isObject(choice) ? choice.delta : undefined;
  const calls = isObject(delta) ? delta.tool_calls : undefined;
  return isObject(choice) && !(Array.isArray(calls) && calls.length > 1);
}

function holeOf(
  { path, kind, start, end }: Literal,
  { usage, isTimed, isPadded }: Learned,
): Hole | undefined {
  if (kind === "string") return isPadded && PADDING.has(path) ? { kind: "padding" } : undefined;
  if (path === "created") return isTimed ? { kind: "number" } : undefined;
  if (!usage || !path.startsWith("usage.")) return undefined;
  const names = path.split(".").slice(1);
  const name = names.pop() as string;
  let holder: unknown = usage;
  for (const each of names) holder = isObject(holder) ? holder[each] : undefined;
  // A name with a dot in it leads nowhere, and other numbers than whole ones stay what they are.
  const isWhole = end > start && isObject(holder) && Number.isSafeInteger(holder[name]);
  return isObject(holder) && isWhole ? { kind: "count", holder, name } : undefined;
}

/** The length of the string at a path; -1 when there is none. */
function lengthAt(value: unknown, path: string): number {
  let inner: unknown = value;
  for (const name of path.split(".")) {
    if (typeof inner !== "object" || inner === null) return -1;
    inner = (inner as Members)[name];
  }
  return typeof inner === "string" ? inner.length : -1;
}
