import type { Bill } from "../bill.js";
import { makeRate, scaleRate, type PriceBook, type Rate, type RateTable } from "../rates.js";
import { countAt, membersOf, type Members } from "../usage/counts.js";
import type { UsageReading } from "../usage/read-usage.js";
import type { Sides } from "./tokens.js";

/* Ways of charging tokens that are not the ordinary one (cost-engine rule 2.7). */

type Read = Extract<UsageReading, { status: "read" }>;

/**
 * A batch job, each side by itself: all tokens at the batch rate, or half of the standard price of plain and cached tokens.
 * A batch rate of 0 counts as absent. `rates` are the standard ones.
 */
export function chargeBatch(bill: Bill, book: PriceBook, rates: RateTable, reading: Read): Sides {
  const { prompt: tokens, completion: made } = reading;
  const batch = book.prices.tiers?.batch ?? {};
  const cached = Math.min(reading.usage.input.cacheRead, tokens);
  let prompt: number;
  if (!isCharged(batch.in)) {
    prompt = bill.charge(half(rates.in), tokens - cached) + bill.charge(half(rates.cr), cached);
  } else if (batch.cr !== undefined && !book.isLitellm) {
    prompt = bill.charge(makeRate("input", batch.in, book), tokens - cached);
    prompt += bill.charge(makeRate("cache_read", batch.cr, book), cached);
  } else {
    prompt = bill.charge(makeRate("input", batch.in, book), tokens);
  }
  const out = isCharged(batch.out) ? makeRate("output", batch.out, book) : half(rates.out);
  return { prompt, completion: bill.charge(out, made), cache: 0, isUndivided: false };
}

function isCharged(text: string | undefined): text is string {
  return text !== undefined && Number(text) !== 0;
}

/** Half of a rate, which a double loses nothing by. */
function half(rate: Rate): Rate {
  return scaleRate(
    { ...rate, source: `${rate.source}, half for a batch` },
    { coefficient: 5, scale: 1 },
    rate.double / 2,
  );
}

/** Custom pricing by token: what has no rate of its own is charged as input, and every output token as output. */
export function chargeCustom(bill: Bill, book: PriceBook, rates: RateTable, reading: Read): Sides {
  const { prompt: tokens, completion: made, usage } = reading;
  const { cacheRead, cacheWrite5m, cacheWrite1h } = usage.input;
  const written = cacheWrite5m + cacheWrite1h;
  const raw = membersOf(usage.raw);
  const isFlat =
    isNumber(raw.prompt_tokens) && Boolean(raw.cache_read_input_tokens || raw.cache_creation_input_tokens);
  // LiteLLM takes Anthropic's names for a sign that the prompt leaves the cache out.
  const plain =
    isFlat && book.isLitellm ? countAt(raw.prompt_tokens, "", "prompt_tokens") : tokens - cacheRead - written;
  const own = (name: "cr" | "cw", kind: string) => book.rate(name, kind) ?? { ...rates.in, kind };
  let prompt = bill.charge(rates.in, Math.max(plain, 0));
  prompt += bill.charge(own("cr", "cache_read"), cacheRead);
  prompt += bill.charge(own("cw", "cache_write"), written);
  return { prompt, completion: bill.charge(rates.out, made), cache: 0, isUndivided: false };
}

/** xAI: all of the output at one rate, reasoning with it. LiteLLM multiplies their sum. */
export function chargeXaiOutput(bill: Bill, rates: RateTable, { output }: Read["usage"]): number {
  const { text, reasoning, audio, image, video = 0 } = output;
  return bill.charge(rates.out, text + reasoning + audio + image + video);
}

/** Perplexity: citations on the side of the prompt; reasoning on top of the completion, and searches with it. */
export function chargePerplexity(bill: Bill, book: PriceBook, rates: RateTable, reading: Read): Sides {
  const raw = membersOf(reading.usage.raw);
  const { reasoning } = reading.usage.output;
  const citations = book.rate("cit", "citations");
  let prompt = bill.charge(rates.in, reading.prompt);
  if (citations) prompt += bill.charge(citations, countAt(raw.citation_tokens, "/usage", "citation_tokens"));
  let completion = bill.charge(rates.out, reading.completion - reasoning);
  const thought = book.rate("outR", "reasoning");
  if (thought) completion += bill.charge(thought, reasoning);
  const searches = searchesOf(raw);
  const { search_context_size: size } = raw;
  // Sonar's price of a request by the size of its context, which LiteLLM leaves out.
  const isByRequest =
    searches === 0 && !book.isLitellm && (size === "low" || size === "medium" || size === "high");
  const search = isByRequest ? searchRate(book, size) : searchRate(book, "low", "all");
  if (search) completion += bill.charge(search, isByRequest ? 1 : searches);
  return { prompt, completion, cache: 0, isUndivided: false };
}

/** The price of a web search, which of Perplexity LiteLLM divides by 1000 once more; so a caller means it, too. */
export function searchRate(
  book: PriceBook,
  size: "low" | "medium" | "high",
  byDefault?: "all",
): Rate | undefined {
  const { [size]: text, per1000 = byDefault } = book.prices.search ?? {};
  if (text === undefined) return undefined;
  const rate = makeRate("web_search", text, book);
  const isDivided = per1000 === "all" || (per1000 === "litellm" && book.isLitellm);
  return isDivided ? scaleRate(rate, { coefficient: 1, scale: 3 }, rate.double / 1000) : rate;
}

/** Web searches that a usage object counts. */
export function searchesOf(raw: Members): number {
  const [details, served] = [membersOf(raw.prompt_tokens_details), membersOf(raw.server_tool_use)];
  return (
    countAt(served.web_search_requests, "/usage/server_tool_use", "web_search_requests") ||
    countAt(details.web_search_requests, "/usage/prompt_tokens_details", "web_search_requests") ||
    countAt(raw.num_search_queries, "/usage", "num_search_queries")
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
