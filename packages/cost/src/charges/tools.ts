import type { Bill } from "../bill.js";
import type { RateName } from "../catalog/format.js";
import type { PriceRequest, ToolUse } from "../price-request.js";
import { makeRate, scaleRate, type PriceBook, type Rate } from "../rates.js";
import {
  InvalidCount,
  measureAt,
  measureOrNoneAt,
  membersOf,
  textOf,
  type Members,
} from "../usage/counts.js";
import { searchesOf, searchRate } from "./special.js";

/** A call, as far as the price of its tools depends on it. */
export type ToolCall = {
  tools: ToolUse | undefined;
  response: unknown;
  /** The usage as the provider sent it. */
  raw: Members;
  provider: string;
  /** Where a session of a code interpreter is priced: the catalog's `<provider>/container`. */
  container: () => PriceBook | undefined;
};

/** Whether a call may have used tools; most have not. */
export function mayUseTools({ tools, response }: PriceRequest, raw: Members): boolean {
  return tools !== undefined || response !== undefined || searchesOf(raw) > 0;
}

/** Prices that LiteLLM has of its own, for which no catalog has a place. */
const litellmPrices = {
  fileSearch: "0.0025",
  session: "0.03",
  gbDay: "0.1",
  computerIn: "0.003",
  computerOut: "0.012",
  geminiSearch: "0.035",
};

/**
 * Charges what the provider's own tools cost, beside the tokens. LiteLLM charges only the first of web search, file search
 * and the rest; by default all that were used are charged.
 */
export function chargeTools(bill: Bill, book: PriceBook, call: ToolCall): number {
  if (call.tools !== undefined && (typeof call.tools !== "object" || Array.isArray(call.tools)))
    throw new InvalidCount('/tools is no object of tools such as { webSearch: "low" }');
  const tools = { ...toolsOf(call.response), ...call.tools } as ToolUse & Members;
  const isPerplexity = call.provider === "perplexity";
  // Perplexity's own path has charged what the usage counts and what an annotation shows.
  const shown = isPerplexity ? call.tools : tools;
  const webSearch = shown && ("webSearch" in shown ? shown.webSearch : (shown as Members).web_search);
  let total = chargeSearch(bill, book, call, webSearch);
  if (total > 0 && book.isLitellm) return total;
  const files = chargeFiles(bill, book, tools.fileSearch ?? tools.file_search);
  total += files;
  if (files > 0 && book.isLitellm) return total;
  return total + chargeRest(bill, book, call, tools);
}

const sizes = ["low", "medium", "high"] as const;

/** A search for each that is counted, or one where one is known of: `use` is undefined where nobody says. */
function chargeSearch(bill: Bill, book: PriceBook, call: ToolCall, use: unknown): number {
  if (use === false) return 0;
  const { size, requests } = membersOf(use);
  const given = typeof use === "number" ? use : (requests ?? undefined);
  const counted = call.provider === "perplexity" ? 0 : searchesOf(call.raw);
  const once = book.prices.search?.unit === "prompt" ? Math.min(counted, 1) : counted;
  const count =
    given === undefined ? once || (use === undefined ? 0 : 1) : measureAt(given, "/tools/webSearch");
  if (count === 0) return 0;
  const said = typeof use === "string" ? use : (size ?? "medium");
  const wanted = sizes.find((each) => each === textOf(said).toLowerCase());
  if (wanted === undefined)
    throw new InvalidCount(
      `/tools/webSearch is of the size ${JSON.stringify(said)}, and low, medium and high are known`,
    );
  const isGoogle = /^(?:gemini|vertex_ai)/.test(call.provider);
  const rate =
    searchRate(book, wanted) ??
    (isGoogle ? constant("web_search", litellmPrices.geminiSearch, book) : missing("web_search", book));
  return bill.charge(rate, count);
}

/** Once for a response, however many calls; Azure charges for what is stored. */
function chargeFiles(bill: Bill, book: PriceBook, use: unknown): number {
  if (use === undefined || use === null || use === false) return 0;
  if (typeof use === "object") return chargeStorage(bill, book, "fileSearch", "file_storage_gb_days", use);
  const count = use === true ? 1 : measureAt(use, "/tools/fileSearch");
  const own = book.rate("fileSearch", "file_search");
  // LiteLLM charges its price of a thousand calls for one.
  const byThousand = book.isLitellm
    ? book.rate("fileSearch1k", "file_search")
    : perThousand(book, "fileSearch1k", "file_search");
  return bill.charge(own ?? byThousand ?? constant("file_search", litellmPrices.fileSearch, book), count);
}

function chargeRest(bill: Bill, book: PriceBook, call: ToolCall, tools: ToolUse & Members): number {
  const sessions = measureOrNoneAt(
    tools.codeInterpreterSessions ?? tools.code_interpreter_sessions,
    "/tools/codeInterpreterSessions",
  );
  let total = 0;
  if (sessions > 0) {
    const rate =
      book.rate("session", "code_interpreter") ??
      call.container()?.rate("session", "code_interpreter") ??
      constant("code_interpreter", litellmPrices.session, book);
    total += bill.charge(rate, sessions);
  }
  const { inputTokens, outputTokens } = objectAt(
    tools.computerUse ?? tools.computer_use ?? {},
    "/tools/computerUse",
  );
  total += bill.charge(
    perThousand(book, "computerIn1k", "computer_use_input") ??
      constant("computer_use_input", litellmPrices.computerIn, book),
    measureOrNoneAt(inputTokens, "/tools/computerUse/inputTokens"),
  );
  total += bill.charge(
    perThousand(book, "computerOut1k", "computer_use_output") ??
      constant("computer_use_output", litellmPrices.computerOut, book),
    measureOrNoneAt(outputTokens, "/tools/computerUse/outputTokens"),
  );
  const store = tools.vectorStore ?? tools.vector_store ?? undefined;
  return store !== undefined
    ? total + chargeStorage(bill, book, "vectorStore", "vector_store_gb_days", store)
    : total;
}

function chargeStorage(bill: Bill, book: PriceBook, option: string, kind: string, use: unknown): number {
  const { gb, days } = objectAt(use, `/tools/${option}`);
  const amount = measureAt(
    measureAt(gb, `/tools/${option}/gb`) * measureAt(days, `/tools/${option}/days`),
    `/tools/${option}`,
  );
  const own = book.rate(option === "fileSearch" ? "fileGbDay" : "storeGbDay", kind);
  return bill.charge(own ?? constant(kind, litellmPrices.gbDay, book), amount);
}

function objectAt(use: unknown, path: string): Members {
  if (typeof use === "object" && use !== null && !Array.isArray(use)) return use as Members;
  throw new InvalidCount(`${path} is no object of what was used`);
}

function perThousand(book: PriceBook, name: RateName, kind: string): Rate | undefined {
  const rate = book.rate(name, kind);
  return rate && scaleRate(rate, { coefficient: 1, scale: 3 }, rate.double / 1000);
}

function constant(kind: string, text: string, book: PriceBook): Rate {
  return { ...makeRate(kind, text, book), source: "LiteLLM's constants" };
}

function missing(kind: string, book: PriceBook): Rate {
  return { ...makeRate(kind, "0", book), isMissing: !book.isLitellm };
}

/**
 * The tools that an answer shows signs of: annotations of a chat completion, items of a response. A search is charged once
 * for a response, a code interpreter for each of its containers.
 */
function toolsOf(response: unknown): ToolUse {
  const answer = membersOf(response);
  const choices = listOf(answer.choices).map((choice) => membersOf(membersOf(choice).message));
  const items = listOf(answer.output).map(membersOf);
  const contents = items.flatMap(({ content }) => listOf(content).map(membersOf));
  const types = [...choices, ...contents].flatMap(({ annotations }) =>
    listOf(annotations).map((each) => membersOf(each).type),
  );
  const has = (annotation: string, item: string) =>
    types.includes(annotation) || items.some(({ type }) => type === item);
  const containers = items
    .filter(({ type }) => type === "code_interpreter_call")
    .map(({ container_id }) => container_id);
  return {
    ...(has("url_citation", "web_search_call") ? { webSearch: null } : {}),
    ...(has("file_citation", "file_search_call") ? { fileSearch: true } : {}),
    ...(containers.length > 0 ? { codeInterpreterSessions: new Set(containers).size } : {}),
  };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
