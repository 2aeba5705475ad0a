import type { Interval, RateName, Rates, TierName, Window } from "./catalog/format.js";
import { decimalOf, formatDecimal, multiply, parseDecimal, type Decimal } from "./decimal.js";

/** One rate in every form that a bill needs. */
export type Rate = {
  /** What is charged, as the line of a bill calls it. */
  kind: string;
  /** Decimal text without an exponent. */
  text: string;
  double: number;
  decimal: Decimal;
  /** Why another rate than the catalog's stands here. */
  assumed?: string | undefined;
  source: string;
  /** The catalog has none, and nothing may stand for it. */
  isMissing: boolean;
};

/** The rates of tokens that are in force for a call, every fallback taken. */
export type RateTable = { readonly [name in (typeof tokenRates)[number][0]]: Rate };

/** Rates of the token path and what their lines are called. */
const tokenRates = [
  ["in", "input"],
  ["cr", "cache_read"],
  ["inA", "input_audio"],
  ["inI", "input_image"],
  ["inV", "input_video"],
  ["cw", "cache_write"],
  ["cw1h", "cache_write_1h"],
  ["inChar", "input_characters"],
  ["inImg", "input_images"],
  ["inVideoSec", "input_video_seconds"],
  ["inAudioSec", "input_audio_seconds"],
  ["out", "output"],
  ["outA", "output_audio"],
  ["outR", "reasoning"],
  ["outI", "output_image"],
  ["outV", "output_video"],
] as const;

/** What decides which rates are in force. */
export type RateChoice = {
  tier: TierName | undefined;
  /** Tokens of the prompt and of the completion, by which thresholds and ranges are decided. */
  prompt: number;
  completion: number;
  /** Tokens of the prompt that were written to a cache. */
  written: number;
  /** Epoch milliseconds of the call, for prices by the time of day. */
  at: number;
  /** The provider whose rules hold, as LiteLLM calls it. */
  provider: string;
};

/** The prices of a model for a time, and the tables that have been asked of it. */
export class PriceBook {
  readonly #tables = new Map<string, RateTable>();
  /** Below it no threshold is near: the calls of so few tokens meet one set of rates. */
  readonly #plainBelow: number;
  /** What a line says of where its rate comes from: the source, and for which time. */
  readonly lineSource: string;
  #plain: RateTable | undefined;

  constructor(
    readonly prices: Interval,
    readonly source: string,
    readonly isLitellm: boolean,
    /** The provider whose rules hold, by the name of its shard. */
    readonly provider: string,
  ) {
    const { from, to, basis } = prices;
    const span = [from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(" ");
    this.lineSource = span === "" ? source : `${source}, ${basis} ${span}`;
    const lowest = Math.min(...(prices.above ?? []).map(({ tokens }) => tokens));
    this.#plainBelow = prices.ranges || prices.windows ? 0 : lowest;
  }

  /** The rates for a call; the same table for every call that meets the same tier, threshold, range and window. */
  table(choice: RateChoice): RateTable {
    // What most calls meet: one set of rates.
    const { tier: wanted, prompt, completion } = choice;
    const isDashscope = choice.provider === "dashscope";
    if (prompt < this.#plainBelow && completion < this.#plainBelow && wanted === undefined && !isDashscope)
      return (this.#plain ??= makeTable(this, isDashscope, pick(this, choice)));
    const picked = pick(this, choice);
    const { tier, inAbove, outAbove, range, window } = picked;
    const key = `${tier} ${inAbove} ${outAbove} ${range} ${window} ${isDashscope}`;
    let table = this.#tables.get(key);
    if (!table) this.#tables.set(key, (table = makeTable(this, isDashscope, picked)));
    return table;
  }

  /** A rate as it stands in the catalog, whatever the call. */
  rate(name: RateName, kind: string, rates: Rates = this.prices.rates): Rate | undefined {
    const text = rates[name];
    return text === undefined ? undefined : makeRate(kind, text, this);
  }
}

/** Which of the alternatives hold, as indices; -1 for none. */
type Pick = {
  tier: TierName | undefined;
  inAbove: number;
  outAbove: number;
  range: number;
  window: number;
};

function pick(
  { prices, isLitellm }: PriceBook,
  { tier, prompt, completion, written, at, provider }: RateChoice,
): Pick {
  // LiteLLM's older path of Vertex: what is at 128k is decided by either side alone.
  const isBySide = provider.startsWith("vertex_ai") && prices.above?.[0]?.tokens === 128_000;
  const inAbove = crossed(isBySide ? prompt - written : prompt);
  return {
    tier,
    inAbove,
    outAbove: isBySide ? crossed(completion) : inAbove,
    range: prices.ranges && prompt > 0 ? rangeOf(prices.ranges, prompt) : -1,
    window: prices.windows?.findIndex((window) => isOpen(window, at)) ?? -1,
  };

  function crossed(tokens: number): number {
    const isInclusive = provider === "xai";
    return (prices.above ?? []).findLastIndex(
      // In LiteLLM it is the input's price that opens a threshold, for all rates.
      (each) =>
        (isInclusive ? tokens >= each.tokens : tokens > each.tokens) &&
        (!isLitellm || each.rates.in !== undefined),
    );
  }
}

/** The range of a count, the last one beyond all; none when that has no price of input tokens. */
function rangeOf(ranges: NonNullable<Interval["ranges"]>, prompt: number): number {
  const found = ranges.findIndex(({ from, to, of }) => !of && from < prompt && prompt <= to);
  const index = found === -1 ? ranges.length - 1 : found;
  return ranges[index]?.rates.in === undefined ? -1 : index;
}

function makeTable(
  book: PriceBook,
  isDashscope: boolean,
  { tier, inAbove, outAbove, range, window }: Pick,
): RateTable {
  const { prices, isLitellm } = book;
  const { rates: base, above = [] } = prices;
  const tierRates: Rates = (tier && prices.tiers?.[tier]) ?? {};

  /** A rate by tier and threshold: the tier's at the threshold, the standard one there, the tier's, the standard one. */
  function resolved(name: RateName, index: number): string | undefined {
    // LiteLLM looks at the highest threshold alone; a price that only a lower one names holds above it too.
    for (let each = index; each >= (isLitellm ? index : 0) && each >= 0; each--) {
      const { rates, tiers } = above[each] as (typeof above)[number];
      const text = (tier && tiers?.[tier]?.[name]) ?? rates[name];
      if (text !== undefined) return text;
    }
    return tierRates[name] ?? base[name];
  }

  const ranged = prices.ranges?.[range]?.rates;
  const timed = prices.windows?.[window]?.rates;
  const force: { [name in RateName]?: string | undefined } = ranged
    ? {
        in: ranged.in,
        cr: ranged.cr ?? ranged.in,
        cw: ranged.cw ?? ranged.in,
        cw1h: ranged.cw1h ?? ranged.cw ?? ranged.in,
        out: ranged.out ?? base.out,
        outR: ranged.outR ?? ranged.out ?? base.outR,
      }
    : {
        in: resolved("in", inAbove),
        cr: resolved("cr", inAbove),
        cw: resolved("cw", inAbove),
        cw1h: resolved("cw1h", inAbove),
        out: resolved("out", outAbove),
        // A tier that has an output rate and none of reasoning charges reasoning as output.
        outR: tierRates.outR ?? (tierRates.out === undefined ? base.outR : undefined),
        ...timed,
      };
  if (Number(force.out ?? 0) === 0 && base.outI !== undefined) force.out = base.outI;

  /** What LiteLLM charges nothing for, having no rate of it; else another rate stands for it, and the line says so. */
  function orAssumed(name: "cr" | "cw" | "cw1h" | "inA", ...others: ("in" | "cw")[]): Rate {
    const kind = kinds[name];
    const text = name === "inA" ? resolved("inA", inAbove) : force[name];
    if (text !== undefined) return makeRate(kind, text, book);
    // LiteLLM's own path of this provider charges the input rate for the cache.
    const own =
      isDashscope && name !== "inA" ? ((name === "cw1h" ? force.cw : undefined) ?? force.in) : undefined;
    if (own !== undefined) return makeRate(kind, own, book);
    if (isLitellm) return none(kind, book);
    const other = others.find((each) => force[each] !== undefined);
    if (other === undefined) return none(kind, book);
    const assumed = `the catalog has no rate for ${kind}; the ${other === "in" ? "input" : "cache_write"} rate is charged`;
    return { ...makeRate(kind, force[other] as string, book), assumed };
  }

  /** Of other outputs LiteLLM reads no threshold. */
  const output = (name: "outA" | "outI" | "outV") =>
    (isLitellm ? (tierRates[name] ?? base[name]) : resolved(name, outAbove)) ?? force.out;

  const standard = (name: keyof RateTable, text: string | undefined): Rate =>
    text === undefined ? none(kinds[name], book) : makeRate(kinds[name], text, book);
  return {
    in: standard("in", force.in),
    cr: orAssumed("cr", "in"),
    inA: orAssumed("inA", "in"),
    // LiteLLM: images and video at the standard input rate, whatever the tier and the threshold.
    inI: standard("inI", base.inI ?? base.in ?? force.in),
    inV: standard("inV", base.inV ?? base.in ?? force.in),
    cw: orAssumed("cw", "in"),
    cw1h: orAssumed("cw1h", "cw", "in"),
    inChar: standard("inChar", resolved("inChar", inAbove)),
    inImg: standard("inImg", resolved("inImg", inAbove)),
    inVideoSec: standard("inVideoSec", resolved("inVideoSec", inAbove)),
    inAudioSec: standard("inAudioSec", resolved("inAudioSec", inAbove)),
    out: standard("out", force.out),
    outA: standard("outA", output("outA")),
    outR: standard("outR", force.outR ?? force.out),
    outI: standard("outI", output("outI")),
    outV: standard("outV", output("outV")),
  };
}

const kinds = Object.fromEntries(tokenRates) as Record<keyof RateTable, string>;

/** A rate from its literal. Exact amounts take a float's noise for what was meant: 12 digits of it. */
export function makeRate(kind: string, literal: string, { prices, lineSource, isLitellm }: PriceBook): Rate {
  const isNoise =
    prices.noise && !isLitellm && literal.replace(/e.*|\D/g, "").replace(/^0+/, "").length >= 15;
  const text = isNoise ? String(Number(Number(literal).toPrecision(12))) : literal;
  const decimal = parseDecimal(text) ?? decimalOf(0);
  return {
    kind,
    text: formatDecimal(decimal),
    double: Number(text),
    decimal,
    source: lineSource,
    isMissing: false,
  };
}

/** A rate times a factor, whose double the caller gives, since LiteLLM may divide. */
export function scaleRate(rate: Rate, factor: Decimal, double: number): Rate {
  const decimal = multiply(rate.decimal, factor);
  return { ...rate, decimal, text: formatDecimal(decimal), double };
}

/** No rate: LiteLLM charges nothing, and by default there is no price. */
function none(kind: string, book: PriceBook): Rate {
  const rate = makeRate(kind, "0", book);
  if (!book.isLitellm) return { ...rate, isMissing: true };
  return { ...rate, assumed: `the catalog has no rate for ${kind}; LiteLLM charges nothing` };
}

const DAY_MINUTES = 24 * 60;

const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * Whether prices by the time of day hold: the start is inside, the end is not; equal ends are the whole day. What is past
 * midnight belongs to the day on which it began. Hours that are none are ignored.
 */
function isOpen({ hours, days, tz }: Window, at: number): boolean {
  const time = new Date(at);
  const minute = time.getUTCHours() * 60 + time.getUTCMinutes();
  return hours.some((span) => {
    const [, h1, m1, h2, m2] = /^(\d\d?):([0-5]\d)-(\d\d?):([0-5]\d)$/.exec(span)?.map(Number) ?? [];
    if (h1 === undefined || m1 === undefined || h2 === undefined || m2 === undefined) return false;
    const [start, end] = [h1 * 60 + m1, h2 * 60 + m2];
    if (start > DAY_MINUTES || end > DAY_MINUTES) return false;
    const isAfterMidnight = start >= end && minute < end;
    const isInside = start < end ? start <= minute && minute < end : isAfterMidnight || minute >= start;
    if (!isInside || !days) return isInside;
    const began = weekday(isAfterMidnight && start > end ? new Date(at - DAY_MINUTES * 60_000) : time, tz);
    return days.some((day) => isDay(day, began));
  });
}

/** Days are names ("mon", "Monday") or ISO numbers, Monday being 1 and Sunday 7. */
function isDay(day: string | number, index: number): boolean {
  return typeof day === "number" ? day % 7 === index : day.slice(0, 3).toLowerCase() === dayNames[index];
}

function weekday(time: Date, timeZone: string | undefined): number {
  if (timeZone === undefined || timeZone === "UTC") return time.getUTCDay();
  try {
    const name = new Intl.DateTimeFormat("en-US", { weekday: "short", timeZone }).format(time);
    return dayNames.indexOf(name.toLowerCase());
  } catch {
    return time.getUTCDay();
  }
}
