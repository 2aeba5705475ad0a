import { chatChunks, quirkCases, random, type Random } from "@waybill/testkit";

/** A body and the reads it arrives in. */
export type DamagedStream = { bytes: Uint8Array; reads: Uint8Array[] };

type Json = Record<string, unknown>;
type Chunk = Json & { choices: Json[] };

const encoder = new TextEncoder();

/** Texts that look like structure, have escapes, or are no well-formed Unicode. */
const texts = [
  "",
  " ",
  '"',
  "\\",
  "\n\r\t\b\f",
  "\u0000\u001f\u007f",
  "\u2028\ufeff",
  "é",
  "数",
  "😀",
  "\ud83d",
  "\ude00",
  "/",
  "</think>",
  "<think>",
  "data: x\n\n",
  '"},"logprobs":null',
  '{"a":1}',
  "null",
  "a".repeat(300),
];

const values: unknown[] = [null, 0, -1, 1.5, 1e21, "", "7", [], {}, [null], { a: { b: [1] } }, true];

/** What may happen to a chunk. Most servers do one of these to every chunk, and some to one of many. */
const changes: ((chunk: Chunk, delta: Json, from: Random) => unknown)[] = [
  (chunk, _, from) => (chunk.created = from.integer(0, 3)),
  (_, delta, from) => (delta.content = from.pick(texts)),
  (_, delta, from) => (delta.content = from.pick(texts) + from.pick(texts)),
  (_, delta, from) => (delta.reasoning = from.pick(texts)),
  (_, delta, from) => (delta.reasoning_content = from.pick(texts)),
  (_, delta, from) =>
    (delta.reasoning_details = [{ type: "reasoning.text", text: from.pick(texts), index: 0 }]),
  (_, delta, from) =>
    (delta.thinking_blocks = [
      { type: "thinking", thinking: from.pick(texts), signature: from.pick(["", "s"]) },
    ]),
  (_, delta, from) => (delta.content = [{ type: "text", text: from.pick(texts) }]),
  (_, delta, from) => (delta.refusal = from.pick(texts)),
  (_, delta, from) => (delta.role = from.pick(["assistant", "", "tool", null])),
  (_, delta, from) => {
    delta.tool_calls = [
      {
        ...(from.next() < 0.8 ? { index: from.integer(0, 2) } : {}),
        ...(from.next() < 0.3 ? { id: from.pick(["a", "b", ""]) } : {}),
        function: {
          ...(from.next() < 0.3 ? { name: from.pick(["f", "g", ""]) } : {}),
          arguments: from.next() < 0.9 ? from.pick(texts) : from.pick(values),
        },
      },
    ];
  },
  (_, delta, from) => (delta.tool_calls = [{ index: 0, custom: { name: "c", input: from.pick(texts) } }]),
  (_, delta, from) => (delta.function_call = { name: from.pick(["f", null]), arguments: from.pick(texts) }),
  (_, delta) => (delta.audio = { id: "a", data: "QQ==", transcript: "x" }),
  (_, delta) => (delta.annotations = [{ type: "url_citation" }]),
  (_, delta) => (delta.provider_specific_fields = { list: [{ id: 1, v: 2 }] }),
  (chunk, _, from) => {
    const [prompt, completion] = [from.integer(0, 9), from.integer(0, 9)];
    const details = { reasoning_tokens: from.integer(0, 3) };
    chunk.usage = {
      prompt_tokens: prompt,
      completion_tokens: completion,
      completion_tokens_details: details,
    };
  },
  (chunk, _, from) => (chunk.usage = from.pick(values)),
  (chunk, _, from) =>
    (chunk.usage = {
      prompt_tokens: from.pick(values),
      cost: from.pick(values),
      prompt_tokens_details: from.pick(values),
    }),
  (chunk, _, from) => (chunk.choices = from.next() < 0.5 ? [] : [...chunk.choices, ...chunk.choices]),
  (chunk, _, from) =>
    Object.assign(chunk.choices[0] ?? {}, { finish_reason: from.pick(["stop", "", "eos", "error"]) }),
  (chunk, _, from) =>
    Object.assign(chunk.choices[0] ?? {}, { index: from.pick([0, 1, 2, 7, "0", null, 200]) }),
  (chunk, _, from) =>
    Object.assign(chunk.choices[0] ?? {}, { logprobs: { content: [{ token: from.pick(texts) }] } }),
  (chunk, _, from) => Object.assign(chunk.choices[0] ?? {}, { text: from.pick(texts) }),
  (chunk, _, from) => Object.assign(chunk.choices[0] ?? {}, { usage: { prompt_tokens: from.integer(0, 5) } }),
  (chunk, _, from) => (chunk.id = from.pick(["x", "", null, 5])),
  (chunk, _, from) => (chunk.model = from.pick(["m", "n", ""])),
  (chunk, _, from) => (chunk.obfuscation = from.pick(texts)),
  (chunk, _, from) =>
    (chunk[from.pick(["error", "x_groq", "citations", "extra", "provider"])] = from.pick(values)),
  // Names that look like the path to something else.
  (chunk, _, from) =>
    (chunk[""] = { usage: { prompt_tokens: from.integer(0, 9) }, obfuscation: from.pick(texts) }),
  (chunk, _, from) => (chunk["choices.0.obfuscation"] = from.letters(3)),
  (chunk, _, from) => (chunk.usage = { "a.b": from.integer(0, 9), a: { b: from.integer(0, 9) } }),
  (_, delta, from) => {
    delta.tool_calls = [
      { index: 0, custom: {}, function: { arguments: from.letters(3) } },
      { index: 1, function: { arguments: "xyz" } },
    ];
  },
  (chunk, _, from) => Object.assign(chunk, { timings: { prompt_n: from.integer(0, 4), predicted_n: 2 } }),
];

/** How a server writes JSON: one way for all of its chunks. */
type Style = { lineEnd: string; space: string; isEscaped: boolean; isPretty: boolean; isReversed: boolean };

function styleFrom(from: Random): Style {
  return {
    lineEnd: from.pick(["\n", "\n", "\n", "\r\n", "\r"]),
    space: from.next() < 0.9 ? " " : "",
    isEscaped: from.next() < 0.3,
    isPretty: from.next() < 0.07,
    isReversed: from.next() < 0.2,
  };
}

function chunkText(chunk: Json, style: Style, from: Random): string {
  const { lineEnd, space, isEscaped, isPretty, isReversed } = style;
  const ordered = isReversed ? Object.fromEntries(Object.entries(chunk).toReversed()) : chunk;
  let json = JSON.stringify(ordered, null, isPretty ? 1 : 0);
  if (isEscaped)
    json = json.replaceAll(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  // Rare: a name twice, white space, a number in other digits.
  if (from.next() < 0.02) json = json.replace('"content":"', '"content":"q","content":"');
  if (from.next() < 0.02) json = json.replace('"object":', '"object":"x","object":');
  if (from.next() < 0.02) json = json.replace("{", "{ ");
  if (from.next() < 0.02) json = json.replace(/"(prompt_tokens|created)":(\d+)/, '"$1":0$2');
  if (from.next() < 0.02) json = json.replace(/"(prompt_tokens|created)":(\d+)/, '"$1":$2.0');
  const data = json.split("\n").map((line) => `data:${space}${line}`);
  const fields = [
    ...(from.next() < 0.02 ? [": ping", ""] : []),
    ...(from.next() < 0.02 ? ["event: message"] : []),
    ...(from.next() < 0.02 ? [`id: ${from.integer(1, 3)}`] : []),
    ...data,
    ...(from.next() < 0.02 ? ["retry: 5"] : []),
    "",
    ...(from.next() < 0.03 ? [""] : []),
  ];
  return fields.join(lineEnd) + lineEnd;
}

function bodyOf(from: Random): Uint8Array {
  if (from.next() < 0.15) return joined(from.pick(quirkCases).reads);
  const choices = from.pick([1, 1, 1, 2, 5]);
  const tools = choices === 1 ? from.pick([0, 0, 3]) : 0;
  const base = chatChunks({
    chunks: from.integer(24, 60),
    choices,
    seed: from.integer(0, 1e6),
    text: from.pick(["ascii", "mixed"]),
    shape: from.pick(["wire", "recording"]),
    usage: from.next() < 0.5,
    obfuscation: from.next() < 0.7,
    ...(tools > 0 ? { tools } : {}),
  });
  const style = styleFrom(from);
  const rate = from.pick([0, 0.05, 0.3, 0.9]);
  const habit = from.next() < 0.3 ? from.pick(changes) : undefined;
  let text = from.next() < 0.1 ? "\ufeff" : "";
  for (const each of base) {
    const chunk = structuredClone(each) as Chunk;
    const delta = (chunk.choices[0]?.delta ?? {}) as Json;
    if (habit) habit(chunk, delta, from);
    if (from.next() < rate) from.pick(changes)(chunk, delta, from);
    text += chunkText(chunk, style, from);
  }
  if (from.next() < 0.8) text += `data: [DONE]${style.lineEnd}${style.lineEnd}`;
  return encoder.encode(text);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function damaged(bytes: Uint8Array, from: Random): Uint8Array {
  const at = from.integer(0, bytes.length);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (from.integer(0, 11)) {
    case 0:
      for (let each = from.integer(1, 4); each > 0; each--)
        bytes[from.integer(0, bytes.length - 1)] = from.integer(0, 255);
      return bytes;
    case 1:
      return joined([
        head,
        Uint8Array.of(from.pick([0xff, 0xc0, 0xe2, 0xf0, 0x80, 0x22, 0x5c, 0x0a, 0x0d])),
        tail,
      ]);
    case 2:
      return joined([head, tail.subarray(from.integer(1, 3))]);
    case 3:
      return head;
    case 4:
      return Uint8Array.from({ length: from.integer(0, 300) }, () => from.integer(0, 255));
    default:
      return bytes;
  }
}

function readsOf(bytes: Uint8Array, from: Random): Uint8Array[] {
  const step = from.pick([Infinity, 10, 80, 1400]);
  const reads: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = step === Infinity ? bytes.length : Math.min(bytes.length, at + from.integer(1, step));
    reads.push(bytes.slice(at, end));
    at = end;
  }
  return reads;
}

/** A stream that a server might send, or the network might make of it: the same for the same seed. */
export function damagedStream(seed: number): DamagedStream {
  const from = random(seed);
  const bytes = damaged(bodyOf(from), from);
  return { bytes, reads: readsOf(bytes, from) };
}
