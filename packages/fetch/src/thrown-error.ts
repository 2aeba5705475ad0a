import { wordsOf } from "@waybill/core/thrown";
import type { CallError } from "@waybill/payload";

import { membersOf, textOf } from "./members.js";

/** A name says more than "TypeError: fetch failed", whose cause says why. Anything can be thrown. */
export function errorOf(thrown: unknown): CallError {
  try {
    return describe(thrown);
  } catch {
    return { message: wordsOf(thrown), class: "Error" };
  }
}

function describe(thrown: unknown): CallError {
  const { name, message, cause } = (typeof thrown === "object" && thrown !== null ? thrown : {}) as Record<
    string,
    unknown
  >;
  const why = membersOf(cause);
  const reason = textOf(why.message) ?? textOf(why.code);
  const words = textOf(message) ?? wordsOf(thrown);
  return {
    message: reason === undefined ? words : `${words}: ${reason}`,
    class: textOf(why.code) ?? textOf(name) ?? "Error",
  };
}
