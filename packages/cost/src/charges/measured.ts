import type { Bill } from "../bill.js";
import type { RateName } from "../catalog/format.js";
import type { PriceRequest } from "../price-request.js";
import { scaleRate, type PriceBook, type Rate } from "../rates.js";
import { measureAt, measureOrNoneAt, membersOf, textOf, type Members } from "../usage/counts.js";
import type { Sides } from "./tokens.js";

/*
 * Prices by something else than tokens: seconds, characters, images, pixels, pages, queries. Each function charges and
 * answers which side the double is on, or says what it would have to know.
 */

/** A charge by measure, or what would have to be known for it. */
export type Measured = Sides | string;

/** What is measured, where a usage object may say it, and the name of the option. */
type Measure = { option: keyof PriceRequest; members: readonly string[] };

const seconds: Measure = {
  option: "durationSeconds",
  members: ["duration_s", "seconds", "duration", "duration_seconds"],
};
const characters: Measure = { option: "characters", members: ["characters", "input_characters"] };
const images: Measure = { option: "images", members: ["n", "images"] };
const pages: Measure = { option: "pages", members: ["pages", "pages_processed"] };
const annotated: Measure = {
  option: "annotatedPages",
  members: ["annotated_pages", "pages_processed_annotation"],
};
const credits: Measure = { option: "credits", members: ["credits"] };
const units: Measure = { option: "searchUnits", members: ["search_units"] };
const queries: Measure = { option: "queries", members: ["queries"] };
const milliseconds: Measure = { option: "responseTimeMs", members: ["response_time_ms"] };

/** Reads measures of a call: an option first, then what the usage says. */
export class Measures {
  constructor(
    readonly request: PriceRequest,
    readonly raw: Members,
  ) {}

  /** A measure, or undefined when nobody says. */
  read({ option, members }: Measure): number | undefined {
    const given = this.request[option];
    if (given !== undefined && given !== null) return measureAt(given, `/${option}`);
    const billed = membersOf(membersOf(this.raw.meta ?? this.raw).billed_units);
    for (const name of members) {
      const value = this.raw[name] ?? billed[name];
      if (value !== undefined && value !== null) return measureAt(value, `/usage/${name}`);
    }
    return undefined;
  }
}

/** LiteLLM's modes that are priced by measure, and other words for them. */
const ways: Readonly<
  Record<string, (bill: Bill, book: PriceBook, measures: Measures) => Measured | undefined>
> = {
  audio_transcription: transcription,
  transcription,
  audio_speech: speech,
  speech,
  rerank,
  search,
  image_generation: image,
  image_edit: image,
  image,
  video_generation: video,
  video,
  ocr,
};

/** Whether calls of a mode may be priced by something else than tokens. */
export function isMeasuredMode(mode: string): boolean {
  return Object.hasOwn(ways, mode);
}

/** Charges a call of a measured mode; undefined when the mode or the model is priced by tokens. */
export function chargeMeasured(
  bill: Bill,
  book: PriceBook,
  mode: string,
  measures: Measures,
): Measured | undefined {
  return isMeasuredMode(mode) ? ways[mode]?.(bill, book, measures) : undefined;
}

/** By what comes out, though both are often stated: LiteLLM looks at the output's rate first, also when it is 0. */
function transcription(bill: Bill, book: PriceBook, measures: Measures): Measured | undefined {
  const [inSec, outSec] = [book.rate("inSec", "input_seconds"), book.rate("outSec", "output_seconds")];
  if (!inSec && !outSec) return undefined;
  const count = measures.read(seconds);
  if (count === undefined) return unknown(seconds);
  // Some entries state an output rate of 0 beside the real one.
  const isFree = outSec?.double === 0 && (inSec?.double ?? 0) > 0 && !book.isLitellm;
  if (outSec && !isFree) return side("completion", bill.charge(outSec, count));
  return side("prompt", bill.charge(inSec as Rate, count));
}

function speech(bill: Bill, book: PriceBook, measures: Measures): Measured | undefined {
  const rate = book.rate("inChar", "input_characters");
  if (!rate) return undefined;
  const count = measures.read(characters);
  return count === undefined ? unknown(characters) : side("prompt", bill.charge(rate, count));
}

function rerank(bill: Bill, book: PriceBook, measures: Measures): Measured | undefined {
  const rate = book.rate("query", "search_units");
  if (!rate) return undefined;
  const count = measures.read(units) ?? (book.isLitellm ? 0 : undefined);
  return count === undefined ? unknown(units) : side("prompt", bill.charge(rate, count));
}

/** What LiteLLM takes a search to ask for. */
const DEFAULT_RESULTS = 10;

/** A query, by the number of results that it may have. */
function search(bill: Bill, book: PriceBook, measures: Measures): Measured | undefined {
  const ranges = book.prices.ranges?.filter(({ of }) => of === "results") ?? [];
  const results = measures.request.maxResults ?? DEFAULT_RESULTS;
  const most = measureAt(results, "/maxResults");
  // Beyond the last range its price holds, as in LiteLLM.
  const range = ranges.find(({ from, to }) => from <= most && most <= to) ?? ranges.at(-1);
  const rate = book.rate("query", "queries", range?.rates);
  return rate && side("prompt", bill.charge(rate, measures.read(queries) ?? 1));
}

function image(bill: Bill, book: PriceBook, measures: Measures): Measured | undefined {
  const count = measures.read(images) ?? 1;
  const input = book.rate("inImg", "images");
  const output = book.rate("outImg", "images");
  // Some entries state an input rate of 0 beside the real one, which LiteLLM charges.
  const isFree = input?.double === 0 && (output?.double ?? 0) > 0 && !book.isLitellm;
  const one = isFree ? output : (input ?? (book.rate("inPx", "pixels") ? undefined : output));
  if (one) return whole(bill.charge(one, count));
  const pixel = book.rate("inPx", "pixels") ?? book.rate("outPx", "pixels");
  if (!pixel) return undefined;
  const { request, raw } = measures;
  const [, width, height] = /^(\d{1,6})(?:x|-x-)(\d{1,6})$/.exec(textOf(request.size ?? raw.size)) ?? [];
  const wide = width === undefined ? measureOrNoneAt(raw.width, "/usage/width") : Number(width);
  const high = height === undefined ? measureOrNoneAt(raw.height, "/usage/height") : Number(height);
  if (wide * high === 0) return 'the size of the image is unknown: give size: "1024x1024"';
  bill.charge(pixel, high * wide * count);
  return whole(pixel.double * high * wide * count);
}

function video(bill: Bill, book: PriceBook, measures: Measures): Measured | undefined {
  const resolution = measures.request.resolution ?? measures.raw.resolution;
  const rate =
    book.rate("outVideoSec", "video_seconds") ??
    book.rate(`outSec:${textOf(resolution)}`, "video_seconds") ??
    book.rate("outSec", "video_seconds");
  if (!rate) return undefined;
  const count = measures.read(seconds);
  return count === undefined ? unknown(seconds) : whole(bill.charge(rate, count));
}

function ocr(bill: Bill, book: PriceBook, measures: Measures): Measured | undefined {
  const [credit, page] = [book.rate("credit", "credits"), book.rate("page", "pages")];
  const spent = measures.read(credits);
  if (credit && spent !== undefined) return side("prompt", bill.charge(credit, spent));
  if (!page) return credit ? unknown(credits) : undefined;
  const count = measures.read(pages);
  if (count === undefined) return unknown(pages);
  let prompt = bill.charge(page, count);
  const annotation = book.rate("annotation", "annotated_pages");
  if (annotation) prompt += bill.charge(annotation, measures.read(annotated) ?? 0);
  return side("prompt", prompt);
}

/**
 * Models without a rate of tokens, and deployments of one's own at a price per second: by the time that the call took.
 */
export function chargeTime(
  bill: Bill,
  book: PriceBook,
  measures: Measures,
  isCustom: boolean,
): Measured | undefined {
  const names: RateName[] = isCustom ? ["sec", "outSec", "inSec"] : ["sec"];
  const [own, input, output] = [
    names.map((name) => book.rate(name, "seconds")).find(Boolean),
    isCustom ? undefined : book.rate("inSec", "input_seconds"),
    isCustom ? undefined : book.rate("outSec", "output_seconds"),
  ];
  if (!own && !input && !output) return undefined;
  const time = measures.read(milliseconds);
  if (time === undefined) return unknown(milliseconds);
  const charge = (rate: Rate | undefined) => {
    if (!rate) return 0;
    // By milliseconds, so that no digit of the time is lost; the line has both.
    const perMs = scaleRate(rate, { coefficient: 1, scale: 3 }, rate.double / 1000);
    bill.charge({ ...perMs, kind: rate.kind.replace("seconds", "milliseconds") }, time);
    return (rate.double * time) / 1000;
  };
  const prompt = charge(input);
  const completion = charge(output) + charge(own);
  return { prompt, completion, cache: 0, isUndivided: false };
}

function side(name: "prompt" | "completion", total: number): Sides {
  const sides = { prompt: 0, completion: 0, cache: 0, isUndivided: false };
  sides[name] = total;
  return sides;
}

function whole(total: number): Sides {
  return { prompt: total, completion: 0, cache: 0, isUndivided: true };
}

function unknown({ option }: Measure): string {
  return `the price is by ${option}, which neither the options nor the usage give`;
}
