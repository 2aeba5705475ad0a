import type { Bill } from "../bill.js";
import type { Rates } from "../catalog/format.js";
import { makeRate, scaleRate, type PriceBook, type Rate, type RateTable } from "../rates.js";
import { countAt, membersOf, type Members } from "../usage/counts.js";
import type { UsageReading } from "../usage/read-usage.js";
import type { Sides } from "./tokens.js";

/* Ways of charging tokens that are not the ordinary one (cost-engine rule 2.7). */

type Read = Extract<UsageReading, { status: "read" }>;

/**
 * A batch job, each side by itself: all tokens at the batch rate, or half of the standard price of plain and cached tokens.
 * A batch rate of 0 counts as absent. `rates` are the standard ones. By default batch rates of the cache and of long prompts
 * are charged, too, where the catalog has them; LiteLLM of mid-2026 leaves them out.
 */
export function chargeBatch(bill: Bill, book: PriceBook, rates: RateTable, reading: Read): Sides {
  const { prompt: tokens, usage } = reading;
  const batch = batchRates(book, tokens);
  const { cacheRead, cacheWrite5m, cacheWrite1h } = usage.input;
  const cached = Math.min(cacheRead, tokens);
  let prompt: number;
  let cache = 0;
  if (isCharged(batch.in)) {
    const own = (name: "cr" | "cw", kind: string, count: number) =>
      book.isLitellm || batch[name] === undefined
        ? undefined
        : { rate: makeRate(kind, batch[name], book), count };
    const apart = [
      own("cr", "cache_read", cached),
      own("cw", "cache_write", Math.min(cacheWrite5m + cacheWrite1h, tokens - cached)),
    ].filter((each) => each !== undefined);
    const plain = tokens - apart.reduce((sum, { count }) => sum + count, 0);
    prompt = bill.charge(makeRate("input", batch.in, book), plain);
    for (const { rate, count } of apart) cache += bill.charge(rate, count);
  } else {
    prompt = bill.charge(half(rates.in), tokens - cached);
    cache = bill.charge(half(rates.cr), cached);
  }
  // xAI's own path adds reasoning to the completion; that of batches does not.
  const isXai = book.isLitellm && book.provider === "xai";
  const made = isXai ? reading.completion - usage.output.reasoning : reading.completion;
  const out = isCharged(batch.out) ? makeRate("output", batch.out, book) : half(outputRate(book, rates));
  return { prompt: prompt + cache, completion: bill.charge(out, made), cache, isUndivided: false };
}

/** The batch rates of a prompt of so many tokens. */
function batchRates({ prices, isLitellm }: PriceBook, tokens: number): Rates {
  const base = prices.tiers?.batch ?? {};
  const above = isLitellm
    ? undefined
    : prices.above?.findLast((each) => tokens > each.tokens && each.tiers?.batch);
  return above ? { ...base, ...above.tiers?.batch } : base;
}

function isCharged(text: string | undefined): text is string {
  return text !== undefined && Number(text) !== 0;
}

/** The output rate; LiteLLM does not let an image rate stand for it here. */
function outputRate(book: PriceBook, rates: RateTable): Rate {
  if (!book.isLitellm || Number(book.prices.rates.out ?? 0) !== 0) return rates.out;
  return scaleRate(rates.out, { coefficient: 0, scale: 0 }, 0);
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
  const { prompt: tokens, completion: made, written, usage } = reading;
  const { cacheRead } = usage.input;
  const raw = membersOf(usage.raw);
  const isFlat =
    typeof raw.prompt_tokens === "number" &&
    Boolean(raw.cache_read_input_tokens || raw.cache_creation_input_tokens);
  // LiteLLM takes Anthropic's names for a sign that the prompt leaves the cache out.
  const plain =
    isFlat && book.isLitellm
      ? countAt(raw.prompt_tokens, "/usage", "prompt_tokens")
      : tokens - cacheRead - written;
  const own = (name: "cr" | "cw", kind: string) => book.rate(name, kind) ?? { ...rates.in, kind };
  let prompt = bill.charge(rates.in, Math.max(plain, 0));
  const read = bill.charge(own("cr", "cache_read"), cacheRead);
  prompt += read;
  const write = bill.charge(own("cw", "cache_write"), written);
  prompt += write;
  return {
    prompt,
    completion: bill.charge(outputRate(book, rates), made),
    cache: read + write,
    isUndivided: false,
  };
}

/** Perplexity: citations on the side of the prompt; reasoning on top of the completion, and searches with it. */
export function chargePerplexity(bill: Bill, book: PriceBook, rates: RateTable, reading: Read): Sides {
  const raw = membersOf(reading.usage.raw);
  const { reasoning } = reading.usage.output;
  const citations = book.rate("cit", "citations");
  let prompt = bill.charge(rates.in, reading.prompt);
  if (citations) prompt += bill.charge(citations, countAt(raw.citation_tokens, "/usage", "citation_tokens"));
  let completion = bill.charge(outputRate(book, rates), reading.completion - reasoning);
  const thought = book.rate("outR", "reasoning");
  if (thought) completion += bill.charge(thought, reasoning);
  else if (!book.isLitellm) {
    const assumed = "the catalog has no rate for reasoning; the output rate is charged";
    completion += bill.charge({ ...rates.out, kind: "reasoning", assumed }, reasoning);
  }
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
