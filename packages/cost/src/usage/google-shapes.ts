import { countAt, isNumbered, membersOf, plainCounts, type Counts, type Members } from "./counts.js";

/* Usage as Google's own APIs report it. */

/** Google's own API: thoughts are beside the candidates, the cache inside the prompt, tool use beside or inside it. */
export function readGemini(usage: Members, isLitellm: boolean): Counts {
  const count = (name: string) => countAt(usage[name], "", name);
  const [prompt, candidates, thoughts] = [
    count("promptTokenCount"),
    count("candidatesTokenCount"),
    count("thoughtsTokenCount"),
  ];
  const tools = count("toolUsePromptTokenCount");
  const total = isNumbered(usage.totalTokenCount) ? count("totalTokenCount") : null;
  const isToolsInside = total === prompt + candidates + thoughts;
  const isThoughtInside = thoughts > 0 && total === prompt + candidates;
  const result = plainCounts(
    prompt + (isToolsInside || isThoughtInside ? 0 : tools),
    candidates + (isThoughtInside ? 0 : thoughts),
  );
  result.read = count("cachedContentTokenCount");
  result.reasoning = thoughts;
  result.total = total;
  readModalities(result, usage, "tokenCount", [
    "promptTokensDetails",
    "cacheTokensDetails",
    "candidatesTokensDetails",
  ]);
  // Thoughts that only the total counts are billed, too.
  const hidden = thoughts === 0 && total !== null ? total - result.prompt - result.completion : 0;
  if (hidden > 0 && !isLitellm) {
    result.reasoning = hidden;
    result.completion += hidden;
    result.note = `${hidden} tokens that only totalTokenCount shows are charged as reasoning`;
  }
  result.inclusion = [
    result.read > 0 ? "cache inside promptTokenCount" : "",
    thoughts > 0 ? `thoughts ${isThoughtInside ? "inside" : "outside"} candidatesTokenCount` : "",
  ]
    .filter(Boolean)
    .join("; ");
  return result;
}

/** Google's interactions API: thoughts are beside the output. */
export function readInteractions(usage: Members): Counts {
  const count = (name: string) => countAt(usage[name], "", name);
  const thoughts = count("total_thought_tokens");
  const result = plainCounts(
    count("total_input_tokens") + count("total_tool_use_tokens"),
    count("total_output_tokens") + thoughts,
  );
  result.read = count("total_cached_tokens");
  result.reasoning = thoughts;
  readModalities(result, usage, "tokens", [
    "input_tokens_by_modality",
    "cached_tokens_by_modality",
    "output_tokens_by_modality",
  ]);
  if (thoughts > 0) result.inclusion = "thoughts outside total_output_tokens";
  return result;
}

/** What is not text: of the prompt what did not come from the cache, of the output all. */
function readModalities(
  result: Counts,
  usage: Members,
  member: string,
  [input, cached, output]: [string, string, string],
): void {
  const [all, read, made] = [input, cached, output].map((list) =>
    byModality(usage[list], `/${list}`, member),
  ) as [Modalities, Modalities, Modalities];
  for (const kind of ["audio", "image", "video"] as const) result[kind] = Math.max(all[kind] - read[kind], 0);
  [result.outAudio, result.outImage, result.outVideo] = [made.audio, made.image, made.video];
}

type Modalities = { audio: number; image: number; video: number };

/** `[{ modality: "AUDIO", tokenCount: 7 }]`. */
function byModality(list: unknown, path: string, member: string): Modalities {
  const sums = { audio: 0, image: 0, video: 0 };
  if (!Array.isArray(list)) return sums;
  for (const [index, entry] of (list as unknown[]).entries()) {
    const { modality, [member]: tokens } = membersOf(entry);
    const kind = typeof modality === "string" ? modality.toLowerCase() : "";
    if (kind === "audio" || kind === "image" || kind === "video")
      sums[kind] += countAt(tokens, `${path}/${index}`, member);
  }
  return sums;
}
