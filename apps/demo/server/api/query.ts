import { nearest } from "../settings/nearest.js";
import { ApiProblem, badValue, quoted } from "./api-problem.js";

/** Nobody types more; what is more is made to take time. */
const MOST_PARAMETERS = 100;
const MOST_VALUES = 20;
const LONGEST_VALUE = 1000;

/**
 * The parameters of a request: those that a route knows, each with the values it was given.
 * @throws ApiProblem `unknown_parameter`, `bad_value`
 */
export class Query {
  readonly #values = new Map<string, string[]>();

  constructor(search: URLSearchParams, known: readonly string[]) {
    if (search.size > MOST_PARAMETERS)
      throw new ApiProblem(
        400,
        "bad_value",
        `${search.size} parameters, and ${MOST_PARAMETERS} are the most`,
      );
    for (const [name, value] of search) {
      if (!known.includes(name)) throw unknownParameter(name, known);
      if (value === "") throw badValue(name, "has no value", "leave it out");
      if (value.length > LONGEST_VALUE)
        throw badValue(name, `is ${value.length} characters long, and ${LONGEST_VALUE} are the most`);
      const values = this.#values.get(name);
      if (!values) this.#values.set(name, [value]);
      else if (!values.includes(value)) values.push(value);
      if ((values?.length ?? 0) > MOST_VALUES)
        throw badValue(name, `is given more than ${MOST_VALUES} times`);
    }
  }

  /** The value of a parameter that can be given once. */
  one(name: string): string | undefined {
    const values = this.#values.get(name);
    if (values && values.length > 1) throw badValue(name, "is given more than once");
    return values?.[0];
  }

  all(name: string): readonly string[] | undefined {
    return this.#values.get(name);
  }

  /** One of some words. */
  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.one(name);
    return value === undefined ? undefined : wordOf(name, value, words);
  }

  /** A whole number between two. */
  count(name: string, least: number, most: number): number | undefined {
    const value = this.one(name);
    if (value === undefined) return undefined;
    const count = /^[0-9]{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (count >= least && count <= most) return count;
    throw badValue(name, `is a whole number from ${least} to ${most}, not ${quoted(value)}`);
  }

  /** Every parameter that was given. */
  entries(): [name: string, value: string][] {
    return [...this.#values].flatMap(([name, values]) =>
      values.map((value): [string, string] => [name, value]),
    );
  }
}

/** @throws ApiProblem `bad_value` for a word that is none of them */
export function wordOf<Word extends string>(field: string, value: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const near = nearest(value, words);
  const list = words.join(", ");
  throw badValue(
    field,
    `is one of ${list}, not ${quoted(value)}`,
    near === undefined ? undefined : `${field}=${near}`,
  );
}

function unknownParameter(name: string, known: readonly string[]): ApiProblem {
  const near = nearest(name, known);
  const message = `there is no parameter ${quoted(name)}; there are ${known.filter((each) => !each.startsWith("-")).join(", ")}`;
  return new ApiProblem(400, "unknown_parameter", message, { field: name.slice(0, 80), hint: near });
}
