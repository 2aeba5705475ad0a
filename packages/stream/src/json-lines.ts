import { parseJson } from "./members.js";

/** What takes the values of a body that is JSON. */
export type ValueSink = {
  /** Takes a value. `isAlone` says that it is the whole body. */
  value(value: unknown, isAlone: boolean): void;
  /** Takes text that is no JSON. */
  notJson(text: string): void;
  tooLarge(): void;
};

const MAX_BROKEN = 1000;

/** The longest body that is one value, in UTF-16 units. */
const MAX_BODY = 16 * 1024 * 1024;

/**
 * Reads the lines of a body that is JSON: a value on each line, or one value over many lines. Which of them it is shows at
 * the first line: when that is no value, the body is kept until its end.
 */
export class JsonLines {
  readonly #sink: ValueSink;
  /** The first value, until it is known whether there is another. */
  #first: { value: unknown } | undefined;
  #hasFirst = false;
  /** The lines of a body that may be one value. */
  #body: string[] | undefined;
  #length = 0;

  constructor(sink: ValueSink) {
    this.#sink = sink;
  }

  line(line: string): void {
    const text = line.trim();
    if (text === "") return;
    if (this.#body) {
      this.#keep(line);
      return;
    }
    const value = parseJson(text);
    if (!value && !this.#hasFirst) {
      this.#hasFirst = true;
      this.#body = [];
      this.#keep(line);
    } else if (!value) {
      this.#takeFirst(false);
      this.#sink.notJson(text);
    } else if (this.#hasFirst) {
      this.#takeFirst(false);
      this.#sink.value(value.value, false);
    } else {
      this.#hasFirst = true;
      this.#first = value;
    }
  }

  end(): void {
    this.#takeFirst(true);
    const lines = this.#body ?? [];
    this.#body = undefined;
    const whole = lines.length > 0 ? parseJson(lines.join("\n")) : undefined;
    if (whole) {
      this.#sink.value(whole.value, true);
      return;
    }
    // The first line was broken, and the others may still be values.
    let broken = 0;
    for (const line of lines) {
      // An exception costs much, and what has so many is no list of values.
      if (broken++ > MAX_BROKEN) return;
      const value = parseJson(line);
      if (value) broken--;
      if (value) this.#sink.value(value.value, false);
      else if (line.trim() !== "") this.#sink.notJson(line);
    }
  }

  #takeFirst(isAlone: boolean): void {
    const first = this.#first;
    this.#first = undefined;
    if (first) this.#sink.value(first.value, isAlone);
  }

  #keep(line: string): void {
    this.#length += line.length + 1;
    if (this.#length <= MAX_BODY) {
      this.#body?.push(line);
      return;
    }
    if (this.#body?.length) this.#sink.tooLarge();
    this.#body = [];
  }
}
