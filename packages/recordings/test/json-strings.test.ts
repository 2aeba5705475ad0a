import { describe, expect, it } from "vitest";

import { pythonString } from "../src/json/python-string.js";

describe("pythonString", () => {
  it.each([
    ["", `""`],
    ["plain / text ~", `"plain / text ~"`],
    [`" \\`, String.raw`"\" \\"`],
    ["\n\r\t\b\f", String.raw`"\n\r\t\b\f"`],
    ["\u0000\u001f", String.raw`"\u0000\u001f"`],
    ["\u007f", String.raw`"\u007f"`],
    ["\u0080é", String.raw`"\u0080\u00e9"`],
    ["\u2028\uffff", String.raw`"\u2028\uffff"`],
    ["😀", String.raw`"\ud83d\ude00"`],
    ["\ud800 \udfff", String.raw`"\ud800 \udfff"`],
  ])("escapes %j in ASCII", (value, text) => {
    expect(pythonString(value)).toBe(text);
  });

  it.each([
    ["\u007f é 😀 \u2028", `"\u007f é 😀 \u2028"`],
    ["\u0001\n", String.raw`"\u0001\n"`],
  ])("leaves what JSON allows in %j otherwise", (value, text) => {
    expect(pythonString(value, false)).toBe(text);
  });
});
