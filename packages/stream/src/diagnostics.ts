import type { Diagnostic } from "@waybill/core";

/** More than this are counted, not kept: a hostile stream is one deviation after another. */
const MAX_DIAGNOSTICS = 200;

/** The deviations of a stream, bounded. */
export class Diagnostics {
  readonly #list: Diagnostic[] = [];
  #more = 0;

  note(code: string, message: string, chunk: number): void {
    if (this.#list.length < MAX_DIAGNOSTICS) this.#list.push({ code, message: message.slice(0, 500), chunk });
    else this.#more++;
  }

  result(): Diagnostic[] {
    if (this.#more === 0) return this.#list;
    return [
      ...this.#list,
      { code: "more-diagnostics", message: `${this.#more} more are not listed`, chunk: -1 },
    ];
  }
}
