import { answered, call, quirk, said } from "./expectation.js";
import type { QuirkCase } from "./quirk-case.js";
import { chunk, counts, finish, opening, say, stream } from "./wire.js";

const thought = answered({ content: "Hello", reasoning_content: "Think twice" });
const detail = (members: object) => ({ format: "unknown", index: 0, ...members });

/** Reasoning under its many names. */
export const reasoningCases: readonly QuirkCase[] = [
  quirk(
    "reasoning comes as reasoning_content",
    "R1",
    "Alibaba, Moonshot, Zhipu, xAI, llama.cpp",
    stream(
      opening({ reasoning_content: "" }),
      ...["Think", " twice"].map((reasoning_content) => chunk({ reasoning_content })),
      ...["Hel", "lo"].map((content) => chunk({ content })),
      finish(),
    ),
    thought,
  ),
  quirk(
    "DeepSeek thinks behind a comment and counts beside the finish",
    "R1 T1 C6 U1 U8 C10",
    "DeepSeek",
    stream(
      ': keep-alive\n\ndata: {"id":"c4","object":"chat.completion.chunk","created":5,"model":"d","choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Think"},"finish_reason":null}],"usage":null}\n\n',
      'data: {"id":"c4","object":"chat.completion.chunk","created":5,"model":"d","choices":[{"index":0,"delta":{"content":"Ok","reasoning_content":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":3,"completion_tokens_details":{"reasoning_tokens":2}}}\n\n',
    ),
    answered(
      { content: "Ok", reasoning_content: "Think" },
      {
        usage: counts(7, 3, {
          prompt_cache_hit_tokens: 4,
          prompt_cache_miss_tokens: 3,
          completion_tokens_details: { reasoning_tokens: 2 },
        }),
      },
    ),
  ),
  quirk(
    "reasoning comes as reasoning",
    "R2",
    "Groq, Ollama, Together, newer vLLM",
    stream(
      opening(),
      ...["Think", " twice"].map((reasoning) => chunk({ reasoning })),
      ...["Hel", "lo"].map((content) => chunk({ content })),
      finish(),
    ),
    thought,
  ),
  quirk(
    "reasoning stands under both names",
    "R3",
    "gateways",
    stream(
      opening(),
      ...["Think", " twice"].map((text) => chunk({ reasoning: text, reasoning_content: text })),
      ...["Hel", "lo"].map((content) => chunk({ content })),
      finish(),
    ),
    { ...thought, diagnostics: ["R3"] },
  ),
  quirk(
    "typed details stand beside reasoning, with a signature at the end",
    "R4 R2",
    "OpenRouter",
    stream(
      opening(),
      ...["Think", " twice"].map((text) =>
        chunk({ reasoning: text, reasoning_details: [detail({ type: "reasoning.text", text })] }),
      ),
      chunk({ content: "", reasoning_details: [detail({ type: "reasoning.text", signature: "EqQBCg==" })] }),
      ...["Hel", "lo"].map((content) => chunk({ content })),
      finish(),
    ),
    thought,
  ),
  quirk(
    "a summary stands beside reasoning and encrypted details behind it",
    "R4 R2",
    "OpenRouter",
    stream(
      opening(),
      ...["Think", " twice"].map((summary) =>
        chunk({
          reasoning: summary,
          reasoning_details: [detail({ type: "reasoning.summary", summary, format: "openai-responses-v1" })],
        }),
      ),
      ...["Hel", "lo"].map((content) => chunk({ content })),
      chunk({
        content: "",
        reasoning_details: [
          detail({
            type: "reasoning.encrypted",
            data: "gAAAAABo",
            id: "rs_1",
            format: "openai-responses-v1",
          }),
        ],
      }),
      finish(),
    ),
    thought,
  ),
  quirk(
    "reasoning comes in typed details alone",
    "R4",
    "OpenRouter",
    stream(
      opening(),
      ...["Think", " twice"].map((text) =>
        chunk({ content: "", reasoning_details: [detail({ type: "reasoning.text", text })] }),
      ),
      ...["Hel", "lo"].map((content) => chunk({ content })),
      finish(),
    ),
    thought,
  ),
  quirk(
    "thinking stands in the content, its tags cut over chunks",
    "R5",
    "vLLM without a parser, Groq raw, llama.cpp",
    stream(...say("<th", "ink>Think", " twice</thi", "nk>\n\nHel", "lo"), finish()),
    said("<think>Think twice</think>\n\nHello"),
  ),
  quirk(
    "only the closing tag of thinking stands in the content",
    "R5",
    "vLLM with a template that opens the tag",
    stream(...say("Think", " twice", "</think>", "\n\nHel", "lo"), finish()),
    said("Think twice</think>\n\nHello"),
  ),
  quirk(
    "reasoning tags stand in the content",
    "R5",
    "Bedrock with gpt-oss",
    stream(...say("<reasoning>", "Think twice", "</reasoning>", "Hello"), finish()),
    said("<reasoning>Think twice</reasoning>Hello"),
  ),
  quirk(
    "signed thinking blocks stand beside reasoning_content",
    "R6 R1",
    "LiteLLM",
    stream(
      opening({ content: "", provider_specific_fields: null }),
      ...["Think", " twice"].map((text) => {
        const thinking_blocks = [{ type: "thinking", thinking: text, signature: "" }];
        return chunk({
          reasoning_content: text,
          thinking_blocks,
          provider_specific_fields: { thinking_blocks },
        });
      }),
      chunk({
        reasoning_content: "",
        thinking_blocks: [{ type: "thinking", thinking: "", signature: "EqQBCg==" }],
      }),
      ...["Hel", "lo"].map((content) => chunk({ content })),
      finish(),
    ),
    thought,
  ),
  quirk(
    "reasoning goes on behind the content",
    "R7 R1",
    "GLM",
    stream(
      opening(),
      chunk({ reasoning_content: "Think" }),
      chunk({ content: "Hel" }),
      chunk({ reasoning_content: " twice" }),
      chunk({ content: "lo" }),
      finish(),
    ),
    thought,
  ),
  quirk(
    "one delta has reasoning and content",
    "R7 R1",
    "SGLang",
    stream(
      opening(),
      chunk({ reasoning_content: "Think" }),
      chunk({ reasoning_content: " twice", content: "Hel" }),
      chunk({ content: "lo" }),
      finish(),
    ),
    thought,
  ),
  quirk(
    "reasoning comes behind a tool call",
    "R7 R2",
    "gpt-oss",
    stream(
      opening({ content: null }),
      chunk({ reasoning: "Think" }),
      chunk({
        tool_calls: [
          { index: 0, id: "call_a", type: "function", function: { name: "now", arguments: "{}" } },
        ],
      }),
      chunk({ reasoning: " twice" }),
      finish("tool_calls"),
    ),
    answered({
      reasoning_content: "Think twice",
      tool_calls: [call("call_a", "now", "{}")],
      finish_reason: "tool_calls",
    }),
  ),
];
