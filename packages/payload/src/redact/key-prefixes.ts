import {
  ALPHANUMERIC,
  CAPITAL_CODE,
  endOfRun,
  isAlphanumeric,
  isDigit,
  isWord,
  standsAt,
  startOfRun,
  WORD,
} from "./characters.js";
import { unitBefore, type Detector, type Scan, type Span } from "./scan.js";

/*
 * Keys and tokens that say by how they begin whose they are.
 */

type Rule = {
  kind: string;
  /** Fewest characters behind the prefix. */
  least: number;
  /** Letters and digits alone; else also `-` and `_`, and then a sign that it is no list of words is asked for. */
  isStrict: boolean;
  /** Where the prefix goes on behind its first `-` or `_`: one of these has to follow. */
  rest?: readonly string[];
  /** More special kinds by what follows. */
  special?: Readonly<Record<string, string>>;
};

const strict = (kind: string, least: number): Rule => ({ kind, least, isStrict: true });
const loose = (kind: string, least: number): Rule => ({ kind, least, isStrict: false });

/** By what a key begins with, up to the first `-` or `_`. */
const rules = /* @__PURE__ */ makeRules();

function makeRules(): ReadonlyMap<string, Rule> {
  return new Map<string, Rule>([
    [
      "sk-",
      {
        ...loose("openai-key", 16),
        special: { "ant-": "anthropic-key", "or-": "openrouter-key", "lf-": "langfuse-key" },
      },
    ],
    ["pk-", { ...loose("langfuse-key", 16), rest: ["lf-"] }],
    ["sk_", { ...strict("stripe-key", 16), rest: ["live_", "test_"] }],
    ["rk_", { ...strict("stripe-key", 16), rest: ["live_", "test_"] }],
    ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map((start) => [start, strict("github-token", 30)] as const),
    ["github_", { ...loose("github-token", 22), rest: ["pat_"] }],
    ...Array.from("abeoprs", (letter) => [`xox${letter}-`, loose("slack-token", 10)] as const),
    ["hf_", strict("huggingface-token", 24)],
    ["gsk_", strict("groq-key", 20)],
    ["xai-", strict("xai-key", 20)],
    ["nvapi-", loose("nvidia-key", 20)],
    ["glpat-", loose("gitlab-token", 20)],
    ["npm_", strict("npm-token", 30)],
    ["r8_", strict("replicate-token", 24)],
    ["tvly-", loose("tavily-key", 16)],
    ["pplx-", strict("perplexity-key", 24)],
    ["csk-", strict("cerebras-key", 24)],
    ["GOCSPX-", loose("google-secret", 20)],
  ]);
}

const LONGEST_WORD = 6;

/** A key by the word in front of a `-` or `_`, such as `sk-`, `ghp_` and `glpat-`. */
export const prefixedKey: Detector = (scan, at) => {
  const { text, from } = scan;
  if (at < scan.barrenUntil || !isAlphanumeric(text.charCodeAt(at - 1))) return undefined;
  const start = startOfRun(text, at, ALPHANUMERIC, Math.min(LONGEST_WORD + 1, at - from));
  if (at - start < 2 || at - start > LONGEST_WORD) return undefined;
  const rule = rules.get(text.slice(start, at + 1));
  if (!rule) return undefined;
  const rest = rule.rest?.find((each) => standsAt(text, at + 1, each)) ?? "";
  if (rule.rest && rest === "") return undefined;
  const tail = at + 1 + rest.length;
  const end = rule.isStrict ? endOfRun(text, tail, ALPHANUMERIC) : looseEnd(scan, tail);
  return end - tail >= rule.least ? { start, end, kind: kindOf(rule, text, tail) } : undefined;
};

function kindOf({ kind, special = {} }: Rule, text: string, tail: number): string {
  const known = Object.keys(special).find((each) => standsAt(text, tail, each));
  return known === undefined ? kind : (special[known] as string);
}

/** So many letters in a row are no word. */
const LONGEST_PLAIN = 20;
/** Words with a number at their end have fewer letters and digits in a row. */
const LONGEST_NUMBERED = 8;

/**
 * Where a tail that may hold `-` and `_` ends, if some of it looks random; else its start. What was looked at in vain is not
 * looked at again: `sk-sk-sk-` has a prefix in every third place, and no key of any kind is without such a piece.
 */
function looseEnd(scan: Scan, tail: number): number {
  const { text } = scan;
  let run = 0;
  let hasDigit = false;
  let at = tail;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isAlphanumeric(unit)) {
      run++;
      hasDigit ||= isDigit(unit);
      if (run >= LONGEST_PLAIN || (hasDigit && run >= LONGEST_NUMBERED)) return endOfRun(text, at, WORD);
    } else if (isWord(unit)) {
      run = 0;
      hasDigit = false;
    } else break;
  }
  scan.barrenUntil = at;
  return tail;
}

/** Amazon's key ids and Google's keys, at their first letter. */
export const capitalKey: Detector = (scan, at): Span | undefined => {
  const { text } = scan;
  const next = text.charCodeAt(at + 1);
  // K, S and I: most words that begin with an A are gone by here.
  if (next !== 0x4b && next !== 0x53 && next !== 0x49) return undefined;
  if (isWord(unitBefore(scan, at))) return undefined;
  if (standsAt(text, at, "AKIA") || standsAt(text, at, "ASIA")) {
    const end = endOfRun(text, at + 4, CAPITAL_CODE, 17);
    if (end - at === 20 && !isWord(text.charCodeAt(end))) return { start: at, end, kind: "aws-key" };
  }
  if (standsAt(text, at, "AIza")) {
    const end = endOfRun(text, at + 4, WORD);
    if (end - at >= 39) return { start: at, end, kind: "google-key" };
  }
  return undefined;
};
