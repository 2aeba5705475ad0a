import { endOfString } from "./json-place.js";

/** How a JSON text is laid out. */
export type JsonStyle = {
  /** What stands before the document: a byte order mark, or nothing. */
  head: string;
  /** Line end and one step of indentation; undefined for text on one line. */
  lines: { end: string; step: string } | undefined;
  /** Between items, before the line ends where each has its own. */
  itemSeparator: string;
  /** Between a key and its value. */
  keySeparator: string;
  /** Whether everything outside of printable ASCII is escaped. */
  ascii: boolean;
  /** What stands behind the document. */
  tail: string;
};

/** How recordings are written: two spaces, ASCII only, a final newline. */
export const recordingStyle: JsonStyle = {
  head: "",
  lines: { end: "\n", step: "  " },
  itemSeparator: ",",
  keySeparator: ": ",
  ascii: true,
  tail: "\n",
};

/** Whether a text holds nothing that an ASCII writer escapes. A delete character counts: Python escapes it too. */
export function isAscii(text: string): boolean {
  return !/[\u007f-\uffff]/.test(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
}

/** The style that a text of valid JSON is written in, told from its first members. */
export function styleOf(text: string): JsonStyle {
  const [head = ""] = /^\ufeff?[ \t\r\n]*/.exec(text) ?? [];
  const [tail = ""] = /[ \t\r\n]*$/.exec(text.slice(-64)) ?? [];
  const root = text.slice(head.length);
  const keySeparator = firstSeparator(root, ":") ?? recordingStyle.keySeparator;
  const [, end, step] = /^[[{](\r?\n)([ \t]*)[^ \t\r\n]/.exec(root) ?? [];
  return {
    head,
    lines: end === undefined || step === undefined ? undefined : { end, step },
    itemSeparator: firstSeparator(root, ",") ?? (end !== undefined || keySeparator === ":" ? "," : ", "),
    keySeparator,
    ascii: isAscii(text),
    tail,
  };
}

/** A comma or a colon with the white space around it, where the first one stands outside of a string. */
function firstSeparator(json: string, mark: "," | ":"): string | undefined {
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '"') at = endOfString(json, at) - 1;
    else if (json[at] === mark) {
      const [before = ""] = /[ \t]{0,8}$/.exec(json.slice(Math.max(0, at - 8), at)) ?? [];
      const [behind = ""] = /^[ \t]{0,8}/.exec(json.slice(at + 1, at + 9)) ?? [];
      return before + mark + behind;
    }
  }
  return undefined;
}
