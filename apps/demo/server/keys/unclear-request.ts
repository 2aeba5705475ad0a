import { invalidLimit, unclearBody, type Refusal } from "../access/errors.js";
import { limitMembers } from "./output-limit.js";
import { repeatedName } from "./repeated-name.js";
import { inputMembers } from "./request-size.js";

const counts = [...new Set(Object.values(limitMembers).flat()), "n", "best_of"];

/** What budgets and lists of models are decided by. Some servers find these names in any case. */
const decisive: ReadonlySet<string> = new Set(["model", "service_tier", ...counts, ...inputMembers]);

/** Further models that a call may be made with in place of the one it names: OpenRouter's list, and that of LiteLLM. */
const otherModels = ["models", "fallbacks"];

/** Why a request says different things to different readers; undefined for one that is clear. May throw on hostile objects. */
export function unclearRequest(request: unknown, text?: string): Refusal | undefined {
  if (typeof request !== "object" || request === null) return undefined;
  for (const name of Object.keys(request)) {
    const small = name.toLowerCase();
    if (otherModels.includes(small)) return unclearBody(name, "names further models; name one, as model");
    if (small !== name && decisive.has(small)) return unclearBody(name, `has to be written ${small}`);
  }
  const twice = text === undefined ? undefined : repeatedName(text);
  return twice === undefined ? undefined : unclearBody(twice, "is there twice in one object; send it once");
}

/** A limit of the answer that is no whole number of tokens or answers, or more than any model can. */
export function badLimit(request: unknown): Refusal | undefined {
  if (typeof request !== "object" || request === null) return undefined;
  const members = request as Readonly<Record<string, unknown>>;
  const bad = counts.find((name) => {
    const value = members[name] ?? null;
    return value !== null && !(Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1e9);
  });
  return bad === undefined ? undefined : invalidLimit(bad);
}
