import { isIP } from "node:net";

import { Type, type TSchema } from "@sinclair/typebox";

import { plainHost } from "./loopback.js";

/** A value, or what it should have been: "a port from 0 to 65535". */
export type Read<Value> = { ok: true; value: Value } | { ok: false; wanted: string };

/** How a value looks: as the text of a flag or a variable, and as a member of the file. */
export type Kind<Value> = {
  /** What stands behind the flag in the help; absent for flags without a value. */
  shape?: string;
  /** A flag of this kind may be given several times. */
  isList?: boolean;
  /** A wrong value may hold a password, and is not repeated. */
  mayHoldSecret?: boolean;
  schema: TSchema;
  fromText(text: string): Read<Value>;
  fromJson(value: unknown): Read<Value>;
};

/** A kind whose text in the file reads as the text of a flag does. */
function textual<Value>(
  shape: string,
  schema: TSchema,
  fromText: (text: string) => Read<Value>,
): Kind<Value> {
  const wanted = "text";
  return {
    shape,
    schema,
    fromText,
    fromJson: (value) => (typeof value === "string" ? fromText(value) : { ok: false, wanted }),
  };
}

/** A whole number, or any number, of a range. */
export function number(
  shape: string,
  { from, to, isWhole = true }: { from: number; to: number; isWhole?: boolean },
): Kind<number> {
  const wanted = `a ${isWhole ? "whole " : ""}number from ${from} to ${to}`;
  const read = (value: unknown): Read<number> =>
    typeof value === "number" && value >= from && value <= to && (!isWhole || Number.isSafeInteger(value))
      ? { ok: true, value }
      : { ok: false, wanted };
  const options = { minimum: from, maximum: to };
  return {
    shape,
    schema: isWhole ? Type.Integer(options) : Type.Number(options),
    // Number() takes "", " 1" and "0x1" for numbers.
    fromText: (text) => read(/^[0-9]{1,16}(?:\.[0-9]{1,16})?$/.test(text) ? Number(text) : undefined),
    fromJson: read,
  };
}

/** Yes or no. As a flag it has no value. */
export const flag: Kind<boolean> = {
  schema: Type.Boolean(),
  fromText(text) {
    if (["true", "1", "yes", "on"].includes(text)) return { ok: true, value: true };
    if (["false", "0", "no", "off"].includes(text)) return { ok: true, value: false };
    return { ok: false, wanted: "true or false" };
  },
  fromJson: (value) =>
    typeof value === "boolean" ? { ok: true, value } : { ok: false, wanted: "true or false" },
};

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Kind<Word> {
  const wanted = words.join(" or ");
  return textual(words.join("|"), Type.Union(words.map((word) => Type.Literal(word))), (text) => {
    const value = words.find((word) => word === text);
    return value === undefined ? { ok: false, wanted } : { ok: true, value };
  });
}

/** A path; where it starts is the reader's to know. */
export const path = textual(
  "FILE",
  Type.String({ minLength: 1, maxLength: 4096, pattern: "^[^\\u0000]*$" }),
  (text): Read<string> =>
    text !== "" && text.length <= 4096 && !text.includes("\0")
      ? { ok: true, value: text }
      : { ok: false, wanted: "a path" },
);

/** Any text in one line. */
export const line = textual(
  "TEXT",
  Type.String({ minLength: 1, maxLength: 2048, pattern: "^[^\\u0000-\\u001f\\u007f]*$" }),
  (text): Read<string> =>
    text !== "" && text.length <= 2048 && !/\p{Cc}/u.test(text)
      ? { ok: true, value: text }
      : { ok: false, wanted: "one line of text" },
);

const hostPattern = "^[A-Za-z0-9._:\\[\\]-]{1,255}$";

/** A host to listen at: a name or an address, without a port. */
export const host = textual("HOST", Type.String({ pattern: hostPattern }), (text): Read<string> => {
  const name = plainHost(text);
  const isName = /^[a-z0-9](?:[a-z0-9._-]{0,253}[a-z0-9])?$/.test(name);
  return isIP(name) || isName
    ? { ok: true, value: name }
    : { ok: false, wanted: "a host name or an address without a port, such as 127.0.0.1" };
});

const factors: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** A time as milliseconds, written with its unit: "500ms", "25s", "10min". */
export const duration = textual(
  "TIME",
  Type.String({ pattern: "^[0-9]{1,6}(\\.[0-9]{1,3})?(ms|s|min|h)$" }),
  (text): Read<number> => {
    const [, digits, unit = ""] = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|min|h)$/.exec(text) ?? [];
    const value = Math.round(Number(digits) * (factors[unit] ?? Number.NaN));
    // Longer than a timer of Node can run is not a time-out.
    return value >= 1 && value < 2 ** 31
      ? { ok: true, value }
      : { ok: false, wanted: 'a time with its unit, such as "500ms", "25s" or "10min", of at most 24 days' };
  },
);

const sizes: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 ** 2 };

/** A size as bytes: "10MiB", or a number of bytes. */
export function size({ from, to }: { from: number; to: number }): Kind<number> {
  const wanted = `a size from ${from} bytes to ${to / 1024 ** 2}MiB, such as "10MiB" or a number of bytes`;
  const read = (value: number): Read<number> =>
    Number.isSafeInteger(value) && value >= from && value <= to ? { ok: true, value } : { ok: false, wanted };
  const fromText = (text: string): Read<number> => {
    const [, digits, unit = ""] = /^([0-9]{1,12})(B|KiB|MiB)?$/.exec(text) ?? [];
    return digits === undefined ? { ok: false, wanted } : read(Number(digits) * (sizes[unit || "B"] ?? 1));
  };
  return {
    shape: "SIZE",
    schema: Type.Union([
      Type.Integer({ minimum: from, maximum: to }),
      Type.String({ pattern: "^[0-9]{1,12}(B|KiB|MiB)?$" }),
    ]),
    fromText,
    fromJson(value) {
      if (typeof value === "number") return read(value);
      return typeof value === "string" ? fromText(value) : { ok: false, wanted };
    },
  };
}

/** A time zone that Intl knows. */
export const zone = textual("ZONE", Type.String({ minLength: 1, maxLength: 64 }), (text): Read<string> => {
  try {
    // Intl also takes offsets such as "+02:00", which have no days of their own names but are zones all the same.
    new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions();
    return { ok: true, value: text };
  } catch {
    return { ok: false, wanted: "a time zone of the IANA list, such as UTC or Europe/Berlin" };
  }
});

/** Many of a kind: with commas in a variable, as an array in the file, as a flag given several times. */
export function list<Value>(item: Kind<Value>): Kind<Value[]> {
  const readAll = <Part>(parts: readonly Part[], read: (part: Part) => Read<Value>): Read<Value[]> => {
    const values: Value[] = [];
    for (const part of parts) {
      const one = read(part);
      if (!one.ok) return { ok: false, wanted: `each ${one.wanted}` };
      values.push(one.value);
    }
    return { ok: true, value: values };
  };
  return {
    ...(item.shape === undefined ? {} : { shape: item.shape }),
    isList: true,
    schema: Type.Array(item.schema, { maxItems: 100 }),
    fromText(text) {
      const parts = text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "");
      return parts.length <= 100
        ? readAll(parts, (part: string) => item.fromText(part))
        : { ok: false, wanted: "a list of at most 100" };
    },
    fromJson(value) {
      return Array.isArray(value) && value.length <= 100
        ? readAll(value, (part) => item.fromJson(part))
        : { ok: false, wanted: "a list of at most 100" };
    },
  };
}
