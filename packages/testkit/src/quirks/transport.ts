import { cutShort, quirk, said } from "./expectation.js";
import type { QuirkCase } from "./quirk-case.js";
import {
  body,
  chunk,
  counts,
  cutAt,
  done,
  event,
  finish,
  hello,
  opening,
  reads,
  say,
  stream,
  usageChunk,
} from "./wire.js";

const [first, second, third, last] = hello() as [object, object, object, object];
const crlf = body(...hello(), done).replaceAll("\n", "\r\n");

/** Places of a byte, each moved by an offset. */
const placesOf = (byte: number, offset: number) => (bytes: Uint8Array) =>
  [...bytes.keys()].filter((place) => bytes[place] === byte).map((place) => place + offset);

const noise: readonly [form: string, text: string][] = [
  ["an empty data line", "data:\n\n"],
  ["null", "data: null\n\n"],
  ["an empty object", "data: {}\n\n"],
  ["a ping", 'data: {"type":"ping"}\n\n'],
  ["a ping with a name", 'event: ping\ndata: {"type":"ping"}\n\n'],
];

/** How the events come: line ends, cuts, sentinels and noise. */
export const transportCases: readonly QuirkCase[] = [
  quirk(
    "comments keep the connection alive",
    "T1",
    "OpenRouter, DeepSeek, proxies",
    stream(
      ": OPENROUTER PROCESSING\n\n",
      ": OPENROUTER PROCESSING\n\n",
      first,
      ": keep-alive\n\n",
      second,
      ":\n\n",
      third,
      last,
    ),
    said("Hello"),
  ),
  quirk(
    "a comment stands on the line before the data",
    "T1",
    "DeepSeek",
    stream(`: keep-alive\n${event(first)}`, second, `: keep-alive\n${event(third)}`, last),
    said("Hello"),
  ),
  quirk(
    "no space follows the colon of data",
    "T2",
    "DashScope, servers in Go",
    reads(...[first, second, third, last, done].map((each) => event(each).replace("data: ", "data:"))),
    said("Hello"),
  ),
  quirk(
    "lines end with CRLF",
    "T3",
    ".NET and Windows gateways",
    reads(...hello().map((each) => event(each).replaceAll("\n", "\r\n")), done.replaceAll("\n", "\r\n")),
    said("Hello"),
  ),
  quirk(
    "lines end with a bare CR",
    "T3",
    "old gateways",
    reads(...hello().map((each) => event(each).replaceAll("\n", "\r")), done.replaceAll("\n", "\r")),
    said("Hello"),
  ),
  quirk(
    "every CRLF is cut between two reads",
    "T3",
    "Windows gateways",
    cutAt(crlf, placesOf(0x0d, 1)),
    said("Hello"),
  ),
  quirk(
    "characters are cut between two reads",
    "T4",
    "any",
    cutAt(body(...say("Grüße ", "😀😀", " 世界"), finish(), done), (bytes) => [
      ...placesOf(0xc3, 1)(bytes),
      ...placesOf(0xf0, 2)(bytes),
      ...placesOf(0xe4, 2)(bytes),
    ]),
    said("Grüße 😀😀 世界"),
  ),
  quirk(
    "every byte is a read of its own",
    "T4",
    "slow links",
    cutAt(body(...say("é", "😀"), finish(), done), (bytes) => [...bytes.keys()].slice(1)),
    said("é😀"),
  ),
  quirk(
    "a byte order mark comes first",
    "T4",
    "any",
    stream(`\ufeff${event(first)}`, second, third, last),
    said("Hello"),
  ),
  quirk(
    "a finished answer ends without [DONE]",
    "T5",
    "text-generation-webui, custom gateways, Gemini-compat",
    reads(...hello()),
    said("Hello", { diagnostics: ["T5"] }),
  ),
  quirk(
    "the body ends with the last character of the finish chunk",
    "T5",
    "custom gateways",
    reads(first, second, third, event(last).trimEnd()),
    said("Hello", { diagnostics: ["T5"] }),
  ),
  quirk(
    "the connection closes before a finish reason",
    "T6",
    "gateways, TensorRT-LLM",
    reads(first, second, third),
    cutShort({ content: "Hello" }, { diagnostics: ["T6"] }),
  ),
  quirk(
    "[DONE] comes before a finish reason",
    "T6",
    "gateways",
    stream(first, second, third),
    cutShort({ content: "Hello" }, { diagnostics: ["T6"] }),
  ),
  quirk(
    "the connection closes inside the arguments of a tool call",
    "T6",
    "gateways",
    reads(
      opening({ content: null }),
      chunk({
        tool_calls: [
          { index: 0, id: "call_a", type: "function", function: { name: "weather", arguments: "" } },
        ],
      }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":"Pa' } }] }),
    ),
    cutShort(
      { tool_calls: [{ id: "call_a", type: "function", name: "weather", arguments: '{"city":"Pa' }] },
      { diagnostics: ["T6"] },
    ),
  ),
  {
    ...quirk(
      "the connection stays open behind [DONE]",
      "T7",
      "opencode gateway",
      stream(...hello()).concat(reads(": keep-alive\n\n", ": keep-alive\n\n")),
      said("Hello"),
    ),
    staysOpen: true,
  },
  quirk(
    "an event named error carries JSON",
    "T8",
    "Anthropic-style proxies",
    reads(
      first,
      second,
      third,
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
    ),
    { ...cutShort({ content: "Hello" }), status: "error", error: "Overloaded", diagnostics: ["T8"] },
  ),
  quirk(
    "an event named error carries plain text",
    "T8",
    "octos",
    reads(first, second, third, "event: error\ndata: upstream connect error\n\n"),
    {
      ...cutShort({ content: "Hello" }),
      status: "error",
      error: "upstream connect error",
      diagnostics: ["T8"],
    },
  ),
  quirk(
    "the last data line is cut off behind the finish",
    "T10",
    "proxies",
    reads(...hello(), event(usageChunk(counts(9, 2))).slice(0, 120)),
    said("Hello", { diagnostics: ["T10"] }),
  ),
  quirk(
    "the last data line is cut off before the finish",
    "T10 T6",
    "proxies (term-llm#448)",
    reads(first, second, event(third).slice(0, 90)),
    cutShort({ content: "Hel" }, { diagnostics: ["T10", "T6"] }),
  ),
  quirk(
    "one event is not JSON and the stream goes on",
    "T10",
    "proxies",
    stream(first, second, "data: {oops\n\n", third, last),
    said("Hello", { diagnostics: ["T10"] }),
  ),
  quirk(
    "one event carries several chunks over several data lines",
    "T11",
    "legal, seen at proxies",
    stream(first, event(second).trimEnd() + "\n" + event(third), last),
    said("Hello"),
  ),
  quirk(
    "no blank line stands between the events",
    "T11",
    "hand-written servers",
    reads(...hello().map((each) => event(each).replace("\n\n", "\n")), done),
    said("Hello"),
  ),
  quirk(
    "one chunk stands over several data lines",
    "T11",
    "legal, pretty-printing servers",
    stream(first, second, `data: ${JSON.stringify(third, null, 2).replaceAll("\n", "\ndata: ")}\n\n`, last),
    said("Hello"),
  ),
  quirk(
    "events have names, ids and retry times",
    "T11",
    "legal, seen at frameworks for event streams",
    stream(
      "retry: 3000\n\n",
      ...hello().map((each, place) => `id: ${place}\nevent: message\n${event(each)}`),
    ),
    said("Hello"),
  ),
  quirk(
    "[DONE] comes twice",
    "T12",
    "proxies stacked on proxies",
    stream(...hello(), done),
    said("Hello", { diagnostics: ["T12"] }),
  ),
  quirk(
    "[DONE] has spaces around it",
    "T12",
    "proxies",
    reads(...hello(), "data:   [DONE]  \n\n"),
    said("Hello", { diagnostics: ["T12"] }),
  ),
  quirk(
    "the usage comes behind [DONE]",
    "T12 U2",
    "proxies stacked on proxies",
    reads(...hello(), done, usageChunk(counts(9, 2))),
    said("Hello", { usage: counts(9, 2), diagnostics: ["T12"] }),
  ),
  ...noise.map(([form, text]) =>
    quirk(
      `${form} stands among the chunks`,
      "T13",
      "proxies to Anthropic",
      stream(first, text, second, third, text, last),
      said("Hello", { diagnostics: ["T13"] }),
    ),
  ),
];
