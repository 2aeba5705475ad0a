import type { LedgerRecord } from "../../apps/demo/server/ledger/ledger-record.js";
import type { DeliveryEvent } from "../../apps/demo/server/ledger/ledger-store.js";

/** The first call; the last one is thirty days later. Microseconds. */
export const START = Date.UTC(2026, 9, 20) * 1000;
const SPAN = 30 * 86_400_000_000;

const models = ["gpt-4o", "claude-sonnet-4-5", "gemini-2.5-pro", "llama-3.3-70b", "o3", "gpt-4o-mini"];
const providers = ["openai", "anthropic", "vertex_ai", "groq", "openai", "openai"];
const keys = ["docs-bot", "checkout", "search", "research"];
const words = "planet ring bill waybill token price call stream cache model key trace tag day cost".split(
  " ",
);

/** A call as the gateway records them, the n-th of so many: the same whenever it is asked for. */
export function callOf(n: number, of: number): LedgerRecord {
  const roll = mixed(n);
  const model = roll % models.length;
  const key = (roll >>> 3) % keys.length;
  const [asked, said] = [200 + (roll % 4000), 20 + ((roll >>> 5) % 900)];
  const cached = roll % 3 === 0 ? Math.floor(asked / 2) : 0;
  const isFailure = roll % 61 === 0;
  const isUnpriced = isFailure || roll % 97 === 0;
  const started = START + Math.floor((SPAN / of) * n);
  const ttft = 50_000 + ((roll >>> 2) % 3_000_000);
  const cost = isUnpriced ? null : costOf(roll, asked - cached / 2, said);
  const id = `chatcmpl-${roll.toString(36).padStart(7, "0")}${n.toString(36).padStart(6, "0")}`;
  return {
    id,
    key: `${providers[model]}:${id}`,
    started,
    ended: started + ttft * 3,
    provider: providers[model] ?? null,
    modelAsked: models[model] ?? null,
    model: models[model] ?? null,
    caller: { id: `${key}`.repeat(64), alias: keys[key] ?? null, lastFour: "3fa1" },
    status: isFailure ? "failure" : roll % 43 === 0 ? "incomplete" : "complete",
    errorClass: isFailure ? "RateLimitError" : null,
    errorStatus: isFailure ? 429 : null,
    errorMessage: isFailure ? "Rate limit reached for requests per minute" : null,
    stream: roll % 10 !== 0,
    ttft: roll % 10 === 0 || isFailure ? null : ttft,
    total: ttft * 3,
    gap: 20_000 + (roll % 200_000),
    rate: 10 + (roll % 90),
    tokens: isFailure
      ? { in: null, out: null, cacheRead: null, cacheWrite: null, reasoning: null, total: null }
      : { in: asked, out: said, cacheRead: cached, cacheWrite: 0, reasoning: 0, total: asked + said },
    freshIn: isFailure ? null : asked - cached,
    plainOut: isFailure ? null : said,
    usageSource: isFailure ? "missing" : "provider",
    cost,
    charged: null,
    costStatus: isUnpriced ? "unpriced" : "priced",
    costReason: isUnpriced ? "the catalog has no such model" : null,
    saved: cost === null ? null : `0.00${String(1 + (roll % 997)).padStart(3, "0")}`,
    diagnostics: roll % 19 === 0 ? ["F3", "U2"] : [],
    audit: roll % 401 === 0 ? "mismatch" : null,
    tags: ["demo", `team-${roll % 12}`],
    preview: Array.from({ length: 24 }, (_, at) => words[(roll >>> (at % 13)) % words.length]).join(" "),
    traceId: `${roll.toString(16)}-${n}`,
    sessionId: `session-${n >> 4}`,
    userId: `user-${roll % 5000}`,
    payload: JSON.stringify({ id, waybill: { cost: { exact: cost } }, pad: `${roll}`.repeat(40) }),
  };
}

/** A price of up to 19 decimals, as the catalog's rates make them. */
function costOf(roll: number, asked: number, said: number): string {
  const units =
    BigInt(Math.round(asked)) * 1_250_000_000_000n + BigInt(said) * 10_000_000_000_001n + BigInt(roll % 10);
  return `0.${String(units).padStart(19, "0")}`;
}

/** What became of a call at two sinks: nearly all are delivered. */
export function deliveriesOf({ id, started }: LedgerRecord, n: number): DeliveryEvent[] {
  const at = started / 1000;
  const event = (sink: string, state: DeliveryEvent["state"], attempt: number): DeliveryEvent => ({
    id,
    sink,
    at,
    attempt,
    state,
    code: state === "delivered" ? null : "503",
    reason: null,
  });
  if (n % 211 !== 0) return [event("langfuse", "delivered", 1), event("otlp", "delivered", 1)];
  return [event("langfuse", "retry", 1), event("langfuse", "dead", 2), event("otlp", "delivered", 1)];
}

/** A number of 31 bits without a pattern. */
function mixed(n: number): number {
  let value = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 1;
}
