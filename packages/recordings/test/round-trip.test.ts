import type { Recording } from "@waybill/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { float, readJson, readRecording, UnwritableValueError, writeRecording } from "../src/index.js";
import { writeJson } from "../src/json/write-json.js";
import { corpusFiles, corpusNote, hasCorpus, seedFiles } from "./corpus.js";

const text = `{
  "test_id": "t",
  "request": {
    "url": "http://h/v1/chat/completions",
    "body": {
      "temperature": 1.0,
      "seed": 12345678901234567890,
      "10": -0,
      "9": 1E5,
      "messages": [
        {
          "content": "caf\\u00e9 \\/ \\u00E9",
          "top_p": 0.50
        },
        {
          "weight": 2.0
        }
      ]
    }
  },
  "response": {
    "body": {},
    "is_streaming": false
  }
}
`;
type Body = Record<string, unknown> & { messages: Record<string, unknown>[] };
const bodyOf = ({ request }: Recording) => request.body as Body;

describe("a recording that was read", () => {
  it.each(seedFiles)("comes back byte for byte: $name", ({ text: seed }) => {
    expect(writeRecording(readRecording(seed))).toBe(seed);
  });

  describe.skipIf(!hasCorpus)(`of the corpus${corpusNote}`, () => {
    it.each(corpusFiles)("comes back byte for byte: $name", ({ text: file }) => {
      const recording = readRecording(file);
      expect(recording).toEqual(JSON.parse(file));
      expect(writeRecording(recording)).toBe(file);
      // Nor does a copy differ, which has no text to fall back on.
      expect(writeRecording({ ...recording })).toBe(file);
    });
  });

  it.each([
    ["a final newline is missing", text.trimEnd()],
    ["it has Windows' line ends", text.replaceAll("\n", "\r\n")],
    ["it is indented by four", text.replaceAll("  ", "    ")],
    ["it is indented by tabs", text.replaceAll("  ", "\t")],
    ["it is on one line", JSON.stringify(JSON.parse(text))],
    ["it is on one line with spaces", text.replaceAll(/\n */g, " ").replaceAll(/([[{]) | (?=[\]}])/g, "$1")],
    ["it is not ASCII", text.replaceAll(String.raw`\u00e9`, "é \u007f")],
    ["it begins with a byte order mark", `\ufeff${text}`],
    ["its colons stand alone", text.replaceAll('": ', '" : ')],
  ])("comes back byte for byte, and in its style from a copy, when %s", (_, file) => {
    const recording = readRecording(file);
    expect(writeRecording(recording)).toBe(file);
    expect(writeRecording({ ...recording, request: { ...recording.request } })).toBe(file);
    expect(writeRecording(structuredClone(recording), { like: recording })).toBe(file);
  });

  it.each([
    ["odd white space", '{ "request":{ },\n\n"response" : {"body": [ ] } }'],
    ["keys that come twice", '{"request": {"a": 1.0, "a": 1}, "response": {"body": null, "body": []}}'],
    ["arrays on one line between objects on many", text.replace('"10": -0', '"stop": [1, 2]')],
    ["raw halves of surrogate pairs", '{"request": {"a": "\ud800 é"}, "response": {"body": null}}'],
  ])("comes back byte for byte with %s, as long as nobody changes it", (_, file) => {
    const recording = readRecording(file);
    expect(writeRecording(recording)).toBe(file);
    expect(writeRecording(structuredClone(recording), { like: recording })).toBe(file);
    recording.test_id = "new";
    const written = writeRecording(recording);
    expect(JSON.parse(written)).toEqual({ ...(JSON.parse(file) as object), test_id: "new" });
    expect(readRecording(written)).toEqual(recording);
  });
});

describe("a recording that was changed", () => {
  it.each<
    [what: string, change: (body: Body, recording: Recording) => Recording | void, from: string, to: string]
  >([
    ["a member", (body) => void (body["seed"] = 7), "12345678901234567890", "7"],
    ["a number to its equal", (body) => void (body["temperature"] = 1), "", ""],
    ["a number to a float", (body) => void (body["seed"] = float(3)), "12345678901234567890", "3.0"],
    ["a number to a small one", (body) => void (body["seed"] = 0.00001), "12345678901234567890", "1e-05"],
    [
      "a float to another",
      (body) => void (body["temperature"] = 0),
      '"temperature": 1.0',
      '"temperature": 0',
    ],
    [
      "a text",
      (_, recording) => void (recording.test_id = "é \u007f"),
      '"test_id": "t"',
      String.raw`"test_id": "\u00e9 \u007f"`,
    ],
    [
      "by a new member, which comes last",
      (body) => void (body["1"] = true),
      "        }\n      ]\n",
      '        }\n      ],\n      "1": true\n',
    ],
    ["by a member less", (body) => void delete body["9"], '      "9": 1E5,\n', ""],
    [
      "by an item more",
      (body) => void body.messages.push({ weight: 1 }),
      '"weight": 2.0\n        }\n',
      '"weight": 2.0\n        },\n        {\n          "weight": 1\n        }\n',
    ],
    [
      "by an item less before others",
      (body) => void body.messages.shift(),
      text.slice(text.indexOf("        {\n"), text.indexOf('        {\n          "weight"')),
      "",
    ],
    [
      "by a copy of an object inside",
      (body, { request }) => void (request.body = { ...body, seed: 1 }),
      "12345678901234567890",
      "1",
    ],
    [
      "by a deep copy inside",
      (body, { request }) => void (request.body = { ...structuredClone(body), seed: 1 }),
      "12345678901234567890",
      "1",
    ],
    ["into a copy", (_, recording) => ({ ...recording, test_id: "u" }), '"test_id": "t"', '"test_id": "u"'],
  ])("keeps how everything else is written: %s", (_, change, from, to) => {
    const recording = readRecording(text);
    const changed = change(bodyOf(recording), recording) ?? recording;
    expect(text).toContain(from);
    expect(writeRecording(changed)).toBe(text.replace(from, to));
  });

  it("keeps it in a deep copy too, if it knows of what", () => {
    const recording = readRecording(text);
    const copy = structuredClone(recording);
    copy.test_id = "u";
    expect(writeRecording(copy, { like: recording })).toBe(text.replace('"test_id": "t"', '"test_id": "u"'));
  });
});

describe("a recording of our own", () => {
  it("is written as the recorder writes", () => {
    const recording: Recording = {
      test_id: null,
      request: { method: "POST", headers: {}, body: { t: float(1), n: 1, s: "é", u: undefined, l: [] } },
      response: { body: [], is_streaming: true },
    };
    expect(writeRecording(recording)).toBe(
      String.raw`{
  "test_id": null,
  "request": {
    "method": "POST",
    "headers": {},
    "body": {
      "t": 1.0,
      "n": 1,
      "s": "\u00e9",
      "l": []
    }
  },
  "response": {
    "body": [],
    "is_streaming": true
  }
}
`,
    );
  });

  it("may hold what JSON.stringify understands, and big integers", () => {
    const date = new Date(0);
    expect(writeJson([date, 2n ** 70n, undefined, () => 1])).toBe(
      '[\n  "1970-01-01T00:00:00.000Z",\n  1180591620717411303424,\n  null,\n  null\n]\n',
    );
    expect(JSON.stringify({ temperature: float(1) })).toBe('{"temperature":1}');
  });

  it("must be finite, and says where it is not", () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    expect(() => writeJson(cycle)).toThrow(UnwritableValueError);
    expect(() => writeJson({ "a/b": [0, Number.NaN] })).toThrow(/^\/a~1b\/1: JSON has no NaN$/);
    expect(() => writeJson([float(Infinity)])).toThrow(expect.objectContaining({ code: "not-finite" }));
  });
});

describe("any text of JSON", () => {
  /** A value and how it is spelled. */
  const scalar = fc.oneof(
    fc.constantFrom(
      "null",
      "true",
      "false",
      "1.0",
      "-0",
      "-0.0",
      "1E5",
      "1e-05",
      "0.50",
      "12345678901234567890",
    ),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.integer().map(String),
    fc.string({ unit: "binary" }).map((value) => JSON.stringify(value)),
    fc.constantFrom(String.raw`"\/"`, String.raw`"\u00E9"`, String.raw`"\u0041"`, String.raw`"\ud800"`),
  );
  const key = fc.oneof(
    fc.constantFrom('"1"', '"10"', '"9"', '"a"', '"__proto__"', '"toJSON"', String.raw`"\u0041"`, '"007"'),
    fc.string().map((value) => JSON.stringify(value)),
  );
  const { tree } = fc.letrec<{ tree: Tree; array: Tree; object: Tree }>((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, scalar, tie("array"), tie("object")),
    array: fc.array(tie("tree"), { maxLength: 4 }),
    object: fc
      .uniqueArray(fc.tuple(key, tie("tree")), {
        maxLength: 6,
        selector: ([name]) => JSON.parse(name) as string,
      })
      .map((members) => new Map(members)),
  }));
  const layout = fc.constantFrom<Layout>(
    { line: "\n", step: "  ", comma: ",", colon: ": " },
    { line: "\r\n", step: "\t", comma: ",", colon: ": " },
    { line: "", step: "", comma: ", ", colon: ": " },
    { line: "", step: "", comma: ",", colon: ":" },
  );

  it("comes back byte for byte, also where nothing is left of the root", () => {
    fc.assert(
      fc.property(tree, layout, (value, style) => {
        // The first members tell the style.
        const json = print(
          [
            new Map<string, Tree>([
              ['"a"', "1"],
              ['"b"', "2"],
            ]),
            [value],
          ],
          style,
          "",
        );
        const read = readJson(json) as unknown[];
        expect(read).toEqual(JSON.parse(json));
        expect(writeJson([...read])).toBe(json);
        expect(writeJson(structuredClone(read), read)).toBe(json);
      }),
      { numRuns: 1000 },
    );
  });
});

/** JSON as its spelling: scalars and keys are text. */
type Tree = string | Tree[] | Map<string, Tree>;
type Layout = { line: string; step: string; comma: string; colon: string };

function print(tree: Tree, layout: Layout, indent: string): string {
  if (typeof tree === "string") return tree;
  const inside = indent + layout.step;
  const items = Array.isArray(tree)
    ? tree.map((item) => print(item, layout, inside))
    : Array.from(tree, ([name, member]) => name + layout.colon + print(member, layout, inside));
  const [open, close] = Array.isArray(tree) ? ["[", "]"] : ["{", "}"];
  if (items.length === 0) return open + close;
  const between = layout.comma + layout.line + (layout.line && inside);
  return (
    open +
    layout.line +
    (layout.line && inside) +
    items.join(between) +
    layout.line +
    (layout.line && indent) +
    close
  );
}
