import { pointer, valueAt, type Issue } from "./issue.js";

/** An error of a generated validator. */
export type ValidatorError = {
  instancePath: string;
  schemaPath?: string;
  keyword: string;
  params: Record<string, unknown>;
};

/** More issues than this are not listed. */
const MAX_ISSUES = 100;

/** Turns the errors of a generated validator into issues that a person understands. */
export function toIssues(errors: readonly ValidatorError[], document: unknown): Issue[] {
  const folded = foldAlternatives(errors);
  const issues = folded.slice(0, MAX_ISSUES).map((error) => toIssue(error, document));
  if (folded.length > MAX_ISSUES) {
    issues.push({
      path: "",
      code: "more-issues",
      message: `${folded.length - MAX_ISSUES} or more further issues are not listed`,
    });
  }
  return issues;
}

/**
 * An anyOf reports each branch that failed; the reader needs one sentence that says what was expected. When a branch
 * failed for a member that is reported anyway, that report is the sentence.
 */
function foldAlternatives(errors: readonly ValidatorError[]): ValidatorError[] {
  const alternatives = errors.filter((error) => error.keyword === "anyOf");
  if (alternatives.length === 0) return [...errors];
  const isInside = (error: ValidatorError, anyOf: ValidatorError) =>
    error !== anyOf && error.schemaPath?.startsWith(`${anyOf.schemaPath}/`) === true;
  const plain = errors.filter(
    (error) => error.keyword !== "anyOf" && !alternatives.some((anyOf) => isInside(error, anyOf)),
  );
  const reported = new Set(plain.map((error) => error.instancePath));
  const folded = alternatives.flatMap((anyOf) => {
    const branches = errors.filter((error) => isInside(error, anyOf));
    const others = branches.filter((error) => error.keyword !== "required");
    if (others.some((error) => reported.has(error.instancePath))) return [];
    const missing = others.length === 0 ? branches.map((error) => error.params.missingProperty) : [];
    return [{ ...anyOf, instancePath: others[0]?.instancePath ?? anyOf.instancePath, params: { missing } }];
  });
  return [...plain, ...folded];
}

function toIssue(error: ValidatorError, document: unknown): Issue {
  const { instancePath: path, keyword, params } = error;
  const found = () => describe(valueAt(document, path));
  switch (keyword) {
    case "required":
      return {
        path: pointer(path, params.missingProperty as string),
        code: "missing",
        message: "is missing",
      };
    case "additionalProperties": {
      const name = params.additionalProperty as string;
      return { path: pointer(path, name), code: "unknown-member", message: "is not a member of this format" };
    }
    case "type":
      return { path, code: "wrong-type", message: `expected ${oneOf(params.type)}, found ${found()}` };
    case "const":
      return {
        path,
        code: "wrong-value",
        message: `expected ${JSON.stringify(params.allowedValue)}, found ${found()}`,
      };
    case "enum": {
      const allowed = (params.allowedValues as unknown[]).map((value) => JSON.stringify(value));
      return {
        path,
        code: "wrong-value",
        message: `expected one of ${allowed.join(", ")}, found ${found()}`,
      };
    }
    case "discriminator": {
      const tag = pointer(path, params.tag as string);
      const value = describe(valueAt(document, tag));
      return {
        path: tag,
        code: "unknown-kind",
        message: `expected one of ${(params.known as string[]).join(", ")}, found ${value}`,
      };
    }
    case "anyOf": {
      const [first, ...others] = params.missing as string[];
      if (first === undefined) return { path, code: "no-match", message: "is none of the allowed forms" };
      const names = [first, ...others].join(" or ");
      return { path: pointer(path, first), code: "missing", message: `is missing: ${names} is needed` };
    }
    case "pattern":
      return { path, code: "wrong-format", message: `expected ${String(params.expected)}, found ${found()}` };
    case "minLength":
      return { path, code: "too-short", message: `expected at least ${plural(params.limit, "character")}` };
    case "maxLength":
      return { path, code: "too-long", message: `expected at most ${plural(params.limit, "character")}` };
    case "minItems":
      return { path, code: "too-short", message: `expected at least ${plural(params.limit, "item")}` };
    case "maxItems":
      return { path, code: "too-long", message: `expected at most ${plural(params.limit, "item")}` };
    case "minimum":
    case "maximum": {
      const bound = keyword === "minimum" ? "at least" : "at most";
      return {
        path,
        code: "out-of-range",
        message: `expected ${bound} ${String(params.limit)}, found ${found()}`,
      };
    }
    default:
      return { path, code: keyword, message: `does not satisfy ${keyword}` };
  }
}

function oneOf(type: unknown): string {
  const names = Array.isArray(type) ? (type as string[]) : [type as string];
  const last = names.at(-1) as string;
  return names.length === 1 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}

function plural(count: unknown, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A value in a few words: its type, and what it is when that is short. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${plural(value.length, "item")}`;
  if (typeof value === "string") {
    return value.length > 40
      ? `a string of ${value.length} characters`
      : `the string ${JSON.stringify(value)}`;
  }
  if (typeof value === "number" || typeof value === "boolean") return `the ${typeof value} ${value}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
