import {
  ALPHANUMERIC,
  CAPITAL_CODE,
  endOfRun,
  isAlphanumeric,
  isWord,
  PLAIN_BASE64,
  standsAt,
  startOfRun,
  WORD,
} from "./characters.js";
import { afterEscape, beginsWord, LONGEST_ESCAPE } from "./escapes.js";
import type { Detector, Scan, Span } from "./scan.js";

/*
 * Keys and tokens that say by how they begin whose they are.
 */

type Rule = {
  kind: string;
  /** Fewest characters behind the prefix. */
  least: number;
  /** Letters and digits alone; else also `-` and `_`, and then a sign that it is no list of words is asked for. */
  isStrict: boolean;
  /** The characters of a strict tail, if they are others. */
  tail?: number;
  /** What may stand behind the tail and belongs to the key. */
  suffix?: RegExp;
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
    ["xapp-", loose("slack-token", 10)],
    ["whsec_", { ...strict("webhook-secret", 20), tail: PLAIN_BASE64 }],
    ["hf_", strict("huggingface-token", 24)],
    ["gsk_", strict("groq-key", 20)],
    ["xai-", strict("xai-key", 20)],
    ["nvapi-", loose("nvidia-key", 20)],
    ["glpat-", { ...loose("gitlab-token", 20), suffix: /\.[0-9a-z]{2}\.[0-9a-z]{7,20}/y }],
    ["npm_", strict("npm-token", 30)],
    ["r8_", strict("replicate-token", 24)],
    ["tvly-", loose("tavily-key", 16)],
    ["pplx-", strict("perplexity-key", 24)],
    ["csk-", strict("cerebras-key", 24)],
    ["wb-", loose("waybill-key", 43)],
    ["GOCSPX-", loose("google-secret", 20)],
  ]);
}

const LONGEST_WORD = 6;

/** A key by the word in front of a `-` or `_`, such as `sk-`, `ghp_` and `glpat-`. */
export const prefixedKey: Detector = (scan, at) => {
  const { text, from } = scan;
  if (at < scan.barrenUntil || !isAlphanumeric(text.charCodeAt(at - 1))) return undefined;
  const run = startOfRun(text, at, ALPHANUMERIC, Math.min(LONGEST_WORD + LONGEST_ESCAPE + 1, at - from));
  let start = run;
  let rule = ruleOf(text, start, at);
  if (!rule) {
    start = afterEscape(scan, run);
    rule = start === run ? undefined : ruleOf(text, start, at);
  }
  if (!rule) return undefined;
  const rest = rule.rest?.find((each) => standsAt(text, at + 1, each)) ?? "";
  if (rule.rest && rest === "") return undefined;
  const tail = at + 1 + rest.length;
  const end = rule.isStrict ? strictEnd(text, tail, rule.tail) : looseEnd(scan, tail);
  if (end - tail < rule.least) return undefined;
  const whole = rule.suffix ? afterSuffix(rule.suffix, text, end) : end;
  return { start, end: whole, kind: kindOf(rule, text, tail) };
};

function ruleOf(text: string, start: number, at: number): Rule | undefined {
  return at - start < 2 || at - start > LONGEST_WORD ? undefined : rules.get(text.slice(start, at + 1));
}

function strictEnd(text: string, tail: number, mask = ALPHANUMERIC): number {
  return beforeNextKey(text, tail, endOfRun(text, tail, mask));
}

/** Where a key ends whose letters and digits do: before the next key's prefix where two of them touch. */
function beforeNextKey(text: string, tail: number, end: number): number {
  const next = text.charCodeAt(end);
  if (next !== 0x2d && next !== 0x5f) return end;
  for (let length = LONGEST_WORD; length >= 2; length--)
    if (end - length > tail && ruleOf(text, end - length, end)) return end - length;
  return end;
}

function afterSuffix(suffix: RegExp, text: string, end: number): number {
  suffix.lastIndex = end;
  return suffix.test(text) ? beforeNextKey(text, end, suffix.lastIndex) : end;
}

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
  let at = tail;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isAlphanumeric(unit)) {
      run++;
      if (run >= LONGEST_PLAIN || (run >= LONGEST_NUMBERED && isRandom(text.slice(at + 1 - run, at + 1))))
        return endOfRun(text, at, WORD);
    } else if (isWord(unit)) {
      run = 0;
    } else break;
  }
  scan.barrenUntil = at;
  return tail;
}

/** Digits in two places, among letters of both cases or in hex: a word has a year or a version at its end. */
function isRandom(run: string): boolean {
  if (/^[0-9a-f]+$/i.test(run)) return true;
  if (!/[0-9]/.test(run)) return false;
  return /[0-9][a-zA-Z]+[0-9]/.test(run) || (/[a-z]/.test(run) && /[A-Z]/.test(run));
}

/** Google's access tokens, at the dot of `ya29.` */
export const accessToken: Detector = (scan, at) => {
  const { text, from } = scan;
  const start = at - 4;
  if (text.charCodeAt(at - 1) !== 0x39 || start < from || !standsAt(text, start, "ya29")) return undefined;
  const run = endOfRun(text, at + 1, WORD);
  const end = text.charCodeAt(run) === 0x2e && standsAt(text, run - 4, "ya29") ? run - 4 : run;
  return end - at > 20 && beginsWord(scan, start, WORD) ? { start, end, kind: "google-token" } : undefined;
};

/** Amazon's key ids and Google's keys, at their first letter. */
export const capitalKey: Detector = (scan, at): Span | undefined => {
  const { text } = scan;
  const next = text.charCodeAt(at + 1);
  // K, S and I: most words that begin with an A are gone by here.
  if (next !== 0x4b && next !== 0x53 && next !== 0x49) return undefined;
  if (!beginsWord(scan, at, WORD)) return undefined;
  if (standsAt(text, at, "AKIA") || standsAt(text, at, "ASIA")) {
    const end = endOfRun(text, at + 4, CAPITAL_CODE, 16);
    const isEnd = !isWord(text.charCodeAt(end)) || standsAt(text, end, text.slice(at, at + 4));
    if (end - at === 20 && isEnd) return { start: at, end, kind: "aws-key" };
  }
  if (standsAt(text, at, "AIza")) {
    const end = endOfRun(text, at + 4, WORD);
    if (end - at >= 39) return { start: at, end, kind: "google-key" };
  }
  return undefined;
};
