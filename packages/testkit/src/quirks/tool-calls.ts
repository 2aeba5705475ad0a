import { answered, call, called, quirk } from "./expectation.js";
import type { QuirkCase } from "./quirk-case.js";
import { chunk, counts, finish, opening, stream } from "./wire.js";

/** The first fragment of a call; `members` bends it. */
const begin = (index: number, id: string, name: string, text = "", members: object = {}) => ({
  index,
  id,
  type: "function",
  function: { name, arguments: text },
  ...members,
});

/** A later fragment. */
const more = (index: number | undefined, text: unknown) => ({ index, function: { arguments: text } });

/** A turn that calls tools: one chunk for each list of fragments. */
const turn = (...deltas: readonly (readonly object[])[]) =>
  stream(
    opening({ content: null }),
    ...deltas.map((fragments) => chunk({ tool_calls: fragments })),
    finish("tool_calls"),
  );

const paris = '{"city":"Paris"}';
const rome = '{"city":"Rome"}';
const weather = call("call_a", "weather", paris);
const both = [weather, call("call_b", "clock", rome)];
const none = { index: undefined };

/** Odd tool calls. */
export const toolCallCases: readonly QuirkCase[] = [
  quirk(
    "a whole call has no index",
    "F1",
    "Gemini-compat, old Ollama",
    turn([begin(0, "call_a", "weather", paris, none)]),
    called([weather], { diagnostics: ["F1"] }),
  ),
  quirk(
    "two whole calls have no index",
    "F1",
    "Gemini-compat",
    turn([begin(0, "call_a", "weather", paris, none)], [begin(0, "call_b", "clock", rome, none)]),
    called(both, { diagnostics: ["F1"] }),
  ),
  quirk(
    "Gemini calls a tool without an index, signs it and says stop",
    "F1 F12 C11 U7",
    "Gemini-compat",
    stream(
      'data: {"id":"g1","object":"chat.completion.chunk","created":5,"model":"g","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"id":"k1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"},"extra_content":{"google":{"thought_signature":"U0lH"}}}]}}]}\n\n',
      'data: {"id":"g1","object":"chat.completion.chunk","created":5,"model":"g","choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":4,"total_tokens":15}}\n\n',
    ),
    answered(
      { tool_calls: [call("k1", "f", '{"a":1}')] },
      { usage: counts(5, 4, { total_tokens: 15 }), diagnostics: ["C11", "F1", "U7"] },
    ),
  ),
  quirk(
    "a call goes on without an index",
    "F2",
    "Gemini-compat",
    turn(
      [begin(0, "call_a", "weather", "", none)],
      [more(undefined, '{"city":')],
      [more(undefined, '"Paris"}')],
    ),
    called([weather], { diagnostics: ["F2"] }),
  ),
  quirk(
    "two calls go on without an index",
    "F2",
    "Gemini-compat",
    turn(
      [begin(0, "call_a", "weather", '{"city":', none)],
      [more(undefined, '"Paris"}')],
      [begin(0, "call_b", "clock", '{"city":', none)],
      [more(undefined, '"Rome"}')],
    ),
    called(both, { diagnostics: ["F2"] }),
  ),
  quirk(
    "every call of a turn has the index 0",
    "F3",
    "Ollama (#15457)",
    turn([begin(0, "call_a", "weather", paris)], [begin(0, "call_b", "clock", rome)]),
    called(both, { diagnostics: ["F3"] }),
  ),
  quirk(
    "every call of a turn has the index 0 and comes in fragments",
    "F3",
    "Anthropic via old LiteLLM",
    turn(
      [begin(0, "call_a", "weather")],
      [more(0, '{"city":')],
      [more(0, '"Paris"}')],
      [begin(0, "call_b", "clock")],
      [more(0, '{"city":')],
      [more(0, '"Rome"}')],
    ),
    called(both, { diagnostics: ["F3"] }),
  ),
  ...([undefined, null, ""] as const).map((id) =>
    quirk(
      `the id of a call is ${id === undefined ? "missing" : JSON.stringify(id)}`,
      "F4",
      "vLLM, Gemini variants",
      turn([begin(0, "", "weather", "", { id })], [more(0, '{"city":')], [more(0, '"Paris"}')]),
      called([call("call_0", "weather", paris)], { diagnostics: ["F4"] }),
    ),
  ),
  quirk(
    "two calls have no id",
    "F4",
    "vLLM",
    turn(
      [begin(0, "", "weather", paris, { id: undefined })],
      [begin(1, "", "clock", rome, { id: undefined })],
    ),
    called([call("call_0", "weather", paris), call("call_1", "clock", rome)], { diagnostics: ["F4"] }),
  ),
  quirk(
    "every fragment repeats id, type and name",
    "F5",
    "Fireworks, Groq, vLLM",
    turn(
      [begin(0, "call_a", "weather")],
      [begin(0, "call_a", "weather", '{"city":')],
      [begin(0, "call_a", "weather", '"Paris"}')],
    ),
    called([weather]),
  ),
  ...([null, ""] as const).map((name) =>
    quirk(
      `the name is ${JSON.stringify(name)} on later fragments`,
      name === null ? "F6 F5" : "F6",
      name === null ? "Fireworks" : "OCI",
      turn(
        [begin(0, "call_1", "f", '{"a":')],
        [
          {
            index: 0,
            ...(name === null ? { id: "call_1", type: "function" } : {}),
            function: { name, arguments: '"b"}' },
          },
        ],
      ),
      called([call("call_1", "f", '{"a":"b"}')]),
    ),
  ),
  ...([undefined, null, ""] as const).map((text) =>
    quirk(
      `the arguments of a call are ${text === undefined ? "missing" : JSON.stringify(text)} to the end`,
      "F7",
      "Mistral, Ollama, Bedrock",
      turn([begin(0, "call_a", "now", "", { function: { name: "now", arguments: text } })], [more(0, text)]),
      called([call("call_a", "now", "")]),
    ),
  ),
  quirk(
    "the arguments of a call are the text null",
    "F7",
    "Bedrock",
    turn([begin(0, "call_a", "now", "null")]),
    called([call("call_a", "now", "null")]),
  ),
  quirk(
    "the arguments are an object",
    "F8",
    "proxies to Ollama",
    turn([
      begin(0, "call_a", "weather", "", { function: { name: "weather", arguments: { city: "Paris" } } }),
    ]),
    called([weather], { diagnostics: ["F8"] }),
  ),
  quirk(
    "the name comes in two fragments",
    "F9",
    "rare",
    turn(
      [begin(0, "call_a", "get_")],
      [{ index: 0, function: { name: "weather", arguments: "" } }],
      [more(0, paris)],
    ),
    called([call("call_a", "get_", paris)], { diagnostics: ["F9"] }),
  ),
  ...([undefined, ""] as const).map((type) =>
    quirk(
      `the type of a call is ${type === undefined ? "missing" : '""'}`,
      "F10",
      "Gemini variants, vLLM",
      turn([begin(0, "call_a", "weather", "", { type })], [more(0, '{"city":')], [more(0, '"Paris"}')]),
      called([weather], { diagnostics: ["F10"] }),
    ),
  ),
  quirk(
    "all calls come in one delta",
    "F11",
    "Mistral, Gemini, Ollama",
    turn([begin(0, "call_a", "weather", paris), begin(1, "call_b", "clock", rome)]),
    called(both),
  ),
  quirk(
    "a function and a custom tool come in one delta",
    "F11",
    "OpenAI",
    turn([
      begin(0, "call_a", "weather", paris),
      { index: 1, id: "call_b", type: "custom", custom: { name: "patch", input: "*** Begin ***" } },
    ]),
    called([weather, { id: "call_b", type: "custom", name: "patch", arguments: "*** Begin ***" }]),
  ),
  quirk(
    "a call carries a thought signature",
    "F12",
    "Gemini-compat",
    turn([
      begin(0, "call_a", "weather", paris, { extra_content: { google: { thought_signature: "U0lH" } } }),
    ]),
    called([weather]),
  ),
  quirk(
    "a thought signature comes on a delta of its own",
    "F12",
    "Gemini-compat",
    stream(
      opening({ content: null }),
      chunk({ tool_calls: [begin(0, "call_a", "weather", paris)] }),
      chunk({ extra_content: { google: { thought_signature: "U0lH" } } }),
      finish("tool_calls"),
    ),
    called([weather]),
  ),
  quirk(
    "a call carries a signature of Vertex or a bare one",
    "F12 F11",
    "Gemini-compat",
    turn([
      begin(0, "call_a", "weather", paris, { extra_content: { vertex: { thought_signature: "U0lH" } } }),
      begin(1, "call_b", "clock", rome, { thoughtSignature: "U0lH" }),
    ]),
    called(both),
  ),
  quirk(
    "the only call has the index 2",
    "F13",
    "llama.cpp, proxies",
    turn([begin(2, "call_a", "weather")], [more(2, '{"city":')], [more(2, '"Paris"}')]),
    called([weather], { diagnostics: ["F13"] }),
  ),
  quirk(
    "the arguments of a call come before its id and name",
    "F13",
    "llama.cpp",
    turn([more(0, '{"city":')], [begin(0, "call_a", "weather", '"Paris"}')]),
    called([weather], { diagnostics: ["F13"] }),
  ),
  quirk(
    "a function is called the old way",
    "F14",
    "old versions of Azure's API",
    stream(
      opening({ content: null, function_call: { name: "weather", arguments: "" } }),
      ...['{"city":', '"Paris"}'].map((text) => chunk({ function_call: { arguments: text } })),
      finish("function_call"),
    ),
    answered({ function_call: { name: "weather", arguments: paris }, finish_reason: "function_call" }),
  ),
];
