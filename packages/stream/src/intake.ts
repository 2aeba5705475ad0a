import type { StreamError, Usage } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import type { AccumulatorOptions } from "./accumulator-options.js";
import { Choices } from "./choices.js";
import { readChunk, WHOLE } from "./chunk-reader.js";
import { EventIds } from "./event-ids.js";
import { Head } from "./head.js";
import type { ValueSink } from "./json-lines.js";
import { isObject, type Members } from "./members.js";
import type { EventSink, RawEvent, SseEvent } from "./sse-decoder.js";
import { findError, toStreamError, type StatedError } from "./stated-error.js";
import type { StreamContext } from "./stream-context.js";
import { Templates } from "./templates.js";
import { isAllZero, UsageMerge } from "./usage-merge.js";
import { UsagePlaces } from "./usage-places.js";
import type { Workbench } from "./workbench.js";

/** `[DONE]` with spaces around it is shorter. */
const MAX_DONE = 64;

/** The most data lines of one event that are tried as chunks of their own. */
const MAX_LINES = 65_536;

/** Reads what comes, be it events, values of a JSON body or parsed chunks, and adds it to the parts of the completion. */
export class Intake implements EventSink, ValueSink {
  readonly #context: StreamContext;
  readonly head: Head;
  readonly choices: Choices;
  readonly #usage: UsageMerge;
  readonly #places: UsagePlaces;
  readonly #templates: Templates | undefined;
  readonly #isStream: boolean;
  #ids: EventIds | undefined;
  error: StreamError | undefined;
  /** Whether `[DONE]` has come. */
  isDone = false;
  /** Whether the body is an event stream. */
  hasEvents = false;
  /** Whether it is of an API that has no ids. */
  isForeign = false;
  /** Whether the last event was broken: then the stream was cut, and no more is missing for it. */
  isBroken = false;
  /** The beginning of the first line that is no field of an event. */
  oddLine: string | undefined;
  /** The value of the event at hand. */
  #value: unknown;

  constructor(context: StreamContext, options: AccumulatorOptions, isPlain: boolean) {
    const { request, splitNames = false, keepObfuscation = false } = options;
    this.#context = context;
    this.#isStream = request?.stream !== false;
    this.#usage = new UsageMerge(context);
    this.#places = new UsagePlaces(context);
    this.head = new Head(context, this.#places, keepObfuscation);
    this.choices = new Choices(context, { n: request?.n ?? undefined, splitNames, places: this.#places });
    if (!isPlain)
      this.#templates = new Templates(context, !keepObfuscation, (usage) => this.#addUsage(usage, false));
  }

  /** The usage of the chunks; what stands elsewhere when that counts nothing, and the other does. */
  get usage(): Usage | null {
    const [own, other] = [this.#usage.value, this.#places.value];
    if (!own || !other) return own ?? other;
    return isAllZero(own) && !isAllZero(other) ? other : own;
  }

  take(bench: Workbench, start: number, end: number): number {
    return this.#templates ? this.#templates.take(bench, start, end) : start;
  }

  event({ event, data, id }: SseEvent, raw: RawEvent | undefined, hasId: boolean): void {
    const context = this.#context;
    this.hasEvents = true;
    if (isDone(data)) {
      this.#readDone(data);
      return;
    }
    if (hasId && (this.#ids ??= new EventIds()).isRepeated(id, data)) {
      this.#note("duplicate", `the event ${id} again; it counts once`);
      return;
    }
    if (!context.begin()) return;
    const { revision, size } = context;
    const { isDated } = this.head;
    this.#value = undefined;
    this.guard(() => this.#readEvent(event, data));
    if (raw && this.choices.isSettled) this.#templates?.learn(raw, this.#value, revision, size, isDated);
  }

  value(value: unknown, isAlone: boolean): void {
    this.#chunk(() => {
      const isWhole = isAlone && isObject(value) && !isDelta(value);
      if (!isAlone || isDelta(value)) this.#note("T14", "a value on each line, and no event stream");
      else if (this.#isStream && !isFailure(value)) this.#note("T9", "one JSON body, and no stream");
      if (!Array.isArray(value)) this.#readValue(value, isWhole);
      else for (const item of value) this.#readValue(item, false);
    });
  }

  notJson(text: string): void {
    this.#chunk(() => this.#noteBroken(text));
  }

  tooLarge(): void {
    this.#note("event-too-large", "an event over 16 Mi characters is left out");
  }

  unknownLine(line: string): void {
    this.oddLine ??= line.slice(0, 80);
  }

  /** Takes a parsed chunk. A whole answer says of itself that it is one. */
  push(chunk: unknown): void {
    this.#chunk(() => this.#readValue(chunk, isObject(chunk) && chunk.object === WHOLE));
  }

  /** Takes the error that an HTTP answer is. */
  failHttp(error: StreamError): void {
    this.#context.diagnostics.note("http-error", `HTTP ${error.status}: ${error.message}`, -1);
    this.error = error;
  }

  /** Says that nothing more comes. */
  end(): void {
    this.guard(() => this.choices.end());
    this.guard(() => this.#usage.end());
    this.guard(() => this.#places.end());
  }

  /** Does something with what was sent. Whatever that is, it must not take the rest with it. */
  guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#note("unreadable", `passed over: ${wordsOf(error)}`);
    }
  }

  #chunk(read: () => void): void {
    if (this.#context.begin()) this.guard(read);
  }

  #readEvent(name: string, data: string): void {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      this.#readText(name, data);
      return;
    }
    this.#value = value;
    this.isBroken = false;
    this.#readValue(value, false, name === "error" ? "T8" : undefined);
  }

  #readDone(data: string): void {
    this.#context.revision++;
    if (this.isDone) this.#note("T12", "[DONE] came twice");
    else if (data !== "[DONE]") this.#note("T12", "spaces around [DONE]");
    this.isDone = true;
  }

  /** Reads the data of an event that are no JSON. */
  #readText(name: string, data: string): void {
    const text = data.trim();
    if (name === "error") {
      this.#fail({ code: "T8", error: { message: text, raw: text } });
      return;
    }
    // Several lines of data are one text by the standard, and some services mean several chunks.
    const lines = text.split("\n", MAX_LINES + 1);
    if (text === "") this.#note("T13", "an event without content");
    else if (lines.length === 1 || lines.length > MAX_LINES) this.#noteBroken(text);
    else
      for (const line of lines)
        if (isDone(line)) this.#readDone(line);
        else this.#readEvent(name, line);
  }

  #noteNoChoices(stated: unknown): void {
    if (stated === undefined || stated === null) this.#note("C1", "a chunk without choices");
    else this.#note("bad-member", `choices is ${typeof stated}, and no list; it is left out`);
  }

  #noteBroken(text: string): void {
    this.isBroken = true;
    this.#note("T10", `not JSON, or cut off: ${text.slice(0, 80)}`);
  }

  /**
   * @param isWhole whether a whole answer is no surprise here.
   * @param failure the code of the error that the value is, because its event says so.
   */
  #readValue(value: unknown, isWhole: boolean, failure?: string): void {
    const reading = readChunk(value);
    if (failure) this.#fail({ code: failure, error: toStreamError(value) });
    if (reading.kind === "odd") {
      if (!failure) this.#note(reading.code, reading.message);
      return;
    }
    const { chunk, choices, hasMessages, isForeign } = reading;
    const error = failure === undefined ? reading.error : undefined;
    if (isForeign) this.isForeign = true;
    if (error) this.#fail(error);
    const hasFailed = failure !== undefined || error !== undefined;
    if (hasFailed && !Array.isArray(chunk.choices) && !isObject(chunk.usage)) return;
    if (this.isDone) this.#note("T12", "a chunk behind [DONE]");
    if (!hasFailed && !Array.isArray(chunk.choices)) this.#noteNoChoices(chunk.choices);
    if (hasMessages && !isWhole) this.#note("C4", "a message in place of a delta");
    this.#add(chunk, choices);
  }

  #add(chunk: Members, choices: readonly unknown[]): void {
    const { watch } = this.#context;
    watch.chunk();
    if (isObject(chunk.usage)) this.#addUsage(chunk.usage, choices.length === 0);
    else if (chunk.usage !== undefined && chunk.usage !== null)
      this.#note("bad-member", `usage is ${typeof chunk.usage}, and no object; it is left out`);
    this.head.add(chunk);
    this.choices.add(choices);
  }

  #addUsage(usage: Members, isTerminal: boolean): void {
    this.#usage.add(usage, isTerminal);
    this.#context.watch.note("usage");
  }

  #fail({ code, error }: StatedError): void {
    this.#note(code, `the stream carries an error: ${error.message}`);
    this.error ??= error;
  }

  #note(code: string, message: string): void {
    this.#context.note(code, message);
  }
}

/** Before it is parsed: an exception costs as much as ten events. */
function isDone(data: string): boolean {
  return data.length < MAX_DONE && data.trim() === "[DONE]";
}

/** Whether a value is a piece of a stream, and no whole answer. */
function isDelta(value: unknown): boolean {
  if (!isObject(value) || !Array.isArray(value.choices)) return false;
  return value.choices.some((choice: unknown) => isObject(choice) && isObject(choice.delta));
}

function isFailure(value: unknown): boolean {
  return isObject(value) && findError(value, []) !== undefined;
}
