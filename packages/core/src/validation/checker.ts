import { InvalidDocumentError } from "../errors.js";
import { wordsOf } from "../thrown.js";
import { stepsOf, type Check, type Issue } from "./issue.js";
import { toIssues, type ValidatorError } from "./issues.js";
import type { StandardSchemaV1 } from "./standard-schema.js";

/** A validator as the generator writes it: it leaves its errors on itself. */
type GeneratedValidator = { (value: unknown): boolean; errors?: ValidatorError[] | null };

/** Answers whether a value is valid and, if not, every place at fault. Also a Standard Schema. */
export type CheckFunction<T> = ((value: unknown) => Check<T>) & StandardSchemaV1<T>;

/** The three ways to ask a schema: a guard, a check with issues, and a parse that throws. */
export type Checker<T> = {
  is: (value: unknown) => value is T;
  check: CheckFunction<T>;
  /** @throws {@link InvalidDocumentError} */
  parse: (value: unknown) => T;
};

/**
 * Wraps a generated validator. None of the three throws on what the value is: a getter that throws or a revoked proxy is
 * an issue like any other. Members that the schema leaves open are not looked into, so depth and cycles cost nothing.
 */
export function createChecker<T>(document: string, validate: GeneratedValidator): Checker<T> {
  const issuesOf = (value: unknown): Issue[] | undefined => {
    try {
      if (validate(value)) return undefined;
      return toIssues(validate.errors ?? [], value);
    } catch (error) {
      return [{ path: "", code: "unreadable", message: `cannot be read: ${wordsOf(error)}` }];
    } finally {
      // The validator would keep the last invalid document's errors alive.
      validate.errors = null;
    }
  };
  const check = (value: unknown): Check<T> => {
    const issues = issuesOf(value);
    return issues ? { ok: false, issues } : { ok: true, value: value as T };
  };
  const standard: StandardSchemaV1<T>["~standard"] = {
    version: 1,
    vendor: "waybill",
    validate: (value) => {
      const issues = issuesOf(value);
      if (!issues) return { value: value as T };
      return { issues: issues.map(({ path, message }) => ({ message, path: stepsOf(path) })) };
    },
  };
  return {
    is: (value): value is T => {
      try {
        return validate(value);
      } catch {
        return false;
      } finally {
        validate.errors = null;
      }
    },
    check: Object.assign(check, { "~standard": standard }),
    parse: (value) => {
      const issues = issuesOf(value);
      if (issues) throw new InvalidDocumentError(document, issues);
      return value as T;
    },
  };
}
