import { briefed, chat, type RecordedCall } from "./recorded-call.js";

const handbook = "You answer from the handbook of the warehouse, which is attached in full.";

const bidi = "Invoice \u202egpj.exe\u202c and a zero\u200bwidth space, \u2066isolated\u2069.";
const html =
  '<img src=x onerror="alert(1)"><script>document.title = "owned"</script></td></tr></table><a href="javascript:alert(2)">click</a> is what the review says; it was flagged as spam.';
const ansi = "\u001b[2J\u001b[31mALERT\u001b[0m The log line ends in \u0007 and \u0000, and was cut there.";

/** What is odd about a call: where its tokens come from, what it is asked for, or what it says. */
export const specialCalls: readonly RecordedCall[] = [
  chat("cached", "gpt-4o", briefed(handbook, "How high may pallets be stacked in hall 3?"), {
    text: "Two pallets, or 3.20 metres, whichever is less. In the aisle by the sprinkler valves only one.",
    usage: { input: 2311, cached: 1920 },
  }),
  chat("cached", "claude-sonnet-4-5", briefed(handbook, "Who signs for dangerous goods at night?"), {
    text: "The shift lead, with a second signature of the security desk. Without both, the goods stay on the truck.",
    usage: { input: 4128, cached: 3840, cacheWrite: 256 },
  }),
  chat("cached", "deepseek/deepseek-chat", briefed(handbook, "What is the code word of the fire drill?"), {
    text: "The handbook names none. Drills are announced over the speakers with three short tones.",
    usage: { input: 1985, cached: 1856 },
  }),
  chat(
    "reasoning",
    "o4-mini",
    "A parcel of 12 kg goes 340 km by road and 90 km by ferry. Road costs 0.02 per kg and 100 km, the ferry 0.05. What does it cost?",
    {
      text: "Road: 12 × 0.02 × 3.4 = 0.816. Ferry: 12 × 0.05 × 0.9 = 0.54. Together 1.356, so 1.36.",
      usage: { reasoning: 384 },
    },
    { reasoning_effort: "medium" },
  ),
  chat(
    "reasoning",
    "o4-mini",
    "Which two of our three warehouses should we keep? Oslo 41 % of orders, Gdansk 33 %, Lyon 26 %; Lyon is the only one below four days to Spain.",
    {
      text: "Keep Oslo and Lyon. Gdansk is larger than Lyon, but its customers are within three days of Oslo, while Spain would be beyond four days without Lyon.",
      usage: { reasoning: 1216 },
    },
    { reasoning_effort: "high" },
  ),
  chat("reasoning", "o4-mini", "Is 2026-02-29 a valid delivery date?", {
    text: "No. 2026 is not a leap year, so February ends on the 28th.",
    usage: { reasoning: 128 },
  }),
  {
    kind: "embeddings",
    path: "embeddings",
    body: { model: "text-embedding-3-small", input: "history of lighthouses" },
    answer: {},
  },
  {
    kind: "embeddings",
    path: "embeddings",
    body: {
      model: "text-embedding-3-small",
      input: ["Tides and Currents", "The Sea Around Us", "A History of the Port of Rotterdam"],
    },
    answer: {},
  },
  {
    kind: "embeddings",
    path: "embeddings",
    body: { model: "text-embedding-3-small", input: "Where is my parcel? It should have come on Tuesday." },
    answer: {},
  },
  chat(
    "several-choices",
    "gpt-4o-mini",
    "Write a title for a page on returns.",
    { choices: [{ text: "Sending a book back" }, { text: "Returns, in three steps" }] },
    { n: 2 },
  ),
  chat("unpriced", "acme/support-7b", "My e-book does not open on my reader.", {
    text: "Please update the reader to version 4.2 or later. Files that were bought before March need it.",
  }),
  chat("hostile", "gpt-4o-mini", "Repeat the review of customer 5512 word for word.", html),
  chat("hostile", "deepseek/deepseek-chat", "Show the last line of the carrier's log as it is.", ansi),
  chat("hostile", "claude-haiku-4-5", "What is the name of the file that the customer sent?", bidi),
  chat(
    "mismatch",
    "mistral/mistral-small-latest",
    "Translate into German: The parcel is at the neighbour's.",
    {
      text: "Das Paket ist beim Nachbarn.",
      usage: { more: { cost: 0.00042 } },
    },
  ),
  {
    kind: "stream",
    path: "responses",
    body: { model: "gpt-4o-mini", input: "Name three islands with a lighthouse museum.", stream: true },
    answer: {
      model: "gpt-4o-mini-2024-07-18",
      text: "Texel in the Netherlands, Ouessant in France and Kõpu on Hiiumaa in Estonia.",
    },
  },
  {
    kind: "whole",
    path: "responses",
    body: {
      model: "gpt-4o",
      instructions: "Answer in one sentence.",
      input: "What is a waybill?",
    },
    answer: {
      model: "gpt-4o-2024-08-06",
      text: "A waybill is the document that travels with a shipment and says what was sent, where it goes and what it costs.",
    },
  },
];
