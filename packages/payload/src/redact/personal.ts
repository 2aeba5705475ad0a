import {
  ADDRESS,
  DOMAIN,
  endOfRun,
  HEXADECIMAL,
  isAlphanumeric,
  isDigit,
  isUpper,
  isWord,
  LOCAL_PART,
  startOfRun,
  WORD,
} from "./characters.js";
import { beginsWord } from "./escapes.js";
import { unitBefore, type Detector, type Scan, type Span, type Triggers } from "./scan.js";

/*
 * Personal data by its looks. Numbers must pass their own check digits, so that ids are not taken for them.
 */

/** Kinds of personal data. */
export type PersonalKind = "email" | "phone" | "card" | "iban" | "ip";

const DIGITS = "0123456789";
const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The detectors of some kinds. */
export function personalTriggers(kinds: ReadonlySet<PersonalKind>): Triggers {
  const all: (readonly [PersonalKind, string, Detector])[] = [
    ["email", "@", email],
    ["ip", `${DIGITS}:`, address],
    ["card", DIGITS, card],
    ["phone", `+(${DIGITS}`, phone],
    ["iban", CAPITALS, iban],
  ];
  return all.filter(([kind]) => kinds.has(kind)).map(([, characters, detector]) => [characters, detector]);
}

const email: Detector = ({ text, from }, at) => {
  const start = startOfRun(text, at, LOCAL_PART, Math.min(64, at - from));
  const run = endOfRun(text, at + 1, DOMAIN, 255);
  let end = run;
  while (end > at && !isAlphanumeric(text.charCodeAt(end - 1))) end--;
  const domain = text.slice(at + 1, end);
  const isAddress = start < at && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}$/i.test(domain);
  return isAddress ? { start, end, kind: "email" } : undefined;
};

/** Whether a number may begin here: not inside of a word, a longer number or an id with dashes. */
function isFirst(scan: Scan, at: number): boolean {
  return beginsWord(scan, at, WORD) && unitBefore(scan, at) !== 0x2e;
}

/** Whether a number that ends here is not the beginning of something else. */
function isLast(text: string, end: number): boolean {
  const after = text.charCodeAt(end);
  if (after === 0x2e) return !isDigit(text.charCodeAt(end + 1));
  return !isWord(after);
}

const four = /(?:[0-9]{1,3}\.){3}[0-9]{1,3}/y;

/** An IPv4 address at its first digit, or an IPv6 address at its first colon. */
const address: Detector = (scan, at) => {
  const { text, from } = scan;
  if (text.charCodeAt(at) !== 0x3a) {
    if (!isFirst(scan, at)) return undefined;
    four.lastIndex = at;
    const found = four.exec(text)?.[0];
    const isAddress = found?.split(".").every((part) => Number(part) < 256 && String(Number(part)) === part);
    return isAddress && isLast(text, four.lastIndex)
      ? { start: at, end: four.lastIndex, kind: "ip" }
      : undefined;
  }
  const start = startOfRun(text, at, HEXADECIMAL, Math.min(4, at - from));
  if (!isFirst(scan, start) || unitBefore(scan, start) === 0x3a) return undefined;
  const end = endOfRun(text, start, ADDRESS, 40);
  return isAddress6(text.slice(start, end)) && isLast(text, end) ? { start, end, kind: "ip" } : undefined;
};

/** Eight groups, or fewer around one `::`. That alone is an operator in many languages, and letters around it are names. */
function isAddress6(text: string): boolean {
  const groups = text.split(":");
  const isShort = text.split("::").length === 2;
  const filled = groups.filter((group) => group !== "");
  if (filled.some((group) => group.length > 4) || text.length < 4) return false;
  return isShort
    ? filled.length > 0 && filled.length < 8 && /[0-9]/.test(text)
    : filled.length === 8 && groups.length === 8;
}

/** Where up to 19 digits with at most one blank or dash between them end, and how many they are. */
function endOfDigits(text: string, start: number): { end: number; count: number } {
  let end = start;
  let count = 0;
  for (let at = start; count < 19; at++) {
    const unit = text.charCodeAt(at);
    if (isDigit(unit)) {
      count++;
      end = at + 1;
    } else if ((unit !== 0x20 && unit !== 0x2d) || at !== end) break;
  }
  return { end, count };
}

/** A payment card: 13 to 19 digits, the first of them 2 to 6, of which the last checks the others. */
const card: Detector = (scan, at): Span | undefined => {
  const { text } = scan;
  const first = text.charCodeAt(at);
  if (first < 0x32 || first > 0x36 || !isFirst(scan, at)) return undefined;
  const { end, count } = endOfDigits(text, at);
  if (count < 13 || !isLast(text, end)) return undefined;
  return passesLuhn(text.slice(at, end).replace(/[ -]/g, "")) ? { start: at, end, kind: "card" } : undefined;
};

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const international = /\+[1-9][0-9]{0,2}(?:[ .-]?\(?[0-9]{1,5}\)?){2,6}/y;
const northAmerican = /(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ])[2-9][0-9]{2}[-. ][0-9]{4}/y;

/** A telephone number with its country's code, or in the American way; other digits may be anything. */
const phone: Detector = (scan, at) => {
  const { text } = scan;
  if (!isFirst(scan, at)) return undefined;
  const form = text.charCodeAt(at) === 0x2b ? international : northAmerican;
  form.lastIndex = at;
  const found = form.exec(text)?.[0] ?? "";
  const digits = found.replace(/[^0-9]/g, "").length;
  return digits >= 8 && digits <= 15 && isLast(text, form.lastIndex)
    ? { start: at, end: form.lastIndex, kind: "phone" }
    : undefined;
};

/** A bank account's number (IBAN): a country, two check digits and up to 30 characters, in groups or not. */
const iban: Detector = (scan, at) => {
  const { text } = scan;
  if (!isFirst(scan, at) || !isUpper(text.charCodeAt(at + 1))) return undefined;
  if (!isDigit(text.charCodeAt(at + 2)) || !isDigit(text.charCodeAt(at + 3))) return undefined;
  let account = text.slice(at, at + 4);
  let found = -1;
  for (let next = at + 4; account.length < 34; next++) {
    const unit = text.charCodeAt(next);
    if (isUpper(unit) || isDigit(unit)) account += text[next];
    else if (unit !== 0x20 || !isAlphanumeric(text.charCodeAt(next + 1))) break;
    // What follows the number may be in capitals, too.
    const isEnd = account.length >= 15 && isLast(text, next + 1) && unit !== 0x20;
    if (isEnd && passesMod97(account)) found = next + 1;
  }
  return found < 0 ? undefined : { start: at, end: found, kind: "iban" };
};

function passesMod97(account: string): boolean {
  let rest = 0;
  for (const character of account.slice(4) + account.slice(0, 4))
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}
