import { InvalidDocumentError } from "../errors.js";
import { wordsOf } from "../thrown.js";
import { stepsOf, type Check, type Issue } from "./issue.js";
import { toIssues, type ValidatorError } from "./issues.js";
import type { StandardSchemaV1 } from "./standard-schema.js";

/*
 * The three ways to ask a schema. None of them throws for what the value is: a getter that throws or a revoked proxy is
 * an issue like any other. Members that the schema leaves open are not looked into, so depth and cycles cost nothing.
 * Each is a function of its own, so that a bundler can drop the ones that are not used.
 */

/** A validator as the generator writes it: it leaves its errors on itself. */
type GeneratedValidator = { (value: unknown): boolean; errors?: ValidatorError[] | null };

/** Answers whether a value is valid and, if not, every place at fault. Also a Standard Schema. */
export type CheckFunction<T> = ((value: unknown) => Check<T>) & StandardSchemaV1<T>;

/** A type guard. */
export function createGuard<T>(validate: GeneratedValidator): (value: unknown) => value is T {
  return (value): value is T => {
    try {
      return validate(value);
    } catch {
      return false;
    } finally {
      // The validator would keep the last invalid document's errors alive.
      validate.errors = null;
    }
  };
}

/** A check with issues. */
export function createCheck<T>(validate: GeneratedValidator): CheckFunction<T> {
  const check = (value: unknown): Check<T> => {
    const issues = issuesOf(validate, value);
    return issues ? { ok: false, issues } : { ok: true, value: value as T };
  };
  const standard: StandardSchemaV1<T>["~standard"] = {
    version: 1,
    vendor: "waybill",
    validate: (value) => {
      const issues = issuesOf(validate, value);
      if (!issues) return { value: value as T };
      return { issues: issues.map(({ path, message }) => ({ message, path: stepsOf(path) })) };
    },
  };
  return Object.assign(check, { "~standard": standard });
}

/** A parse that throws an {@link InvalidDocumentError}. */
export function createParse<T>(document: string, validate: GeneratedValidator): (value: unknown) => T {
  return (value) => {
    const issues = issuesOf(validate, value);
    if (issues) throw new InvalidDocumentError(document, issues);
    return value as T;
  };
}

function issuesOf(validate: GeneratedValidator, value: unknown): Issue[] | undefined {
  try {
    return validate(value) ? undefined : toIssues(validate.errors ?? [], value);
  } catch (error) {
    return [{ path: "", code: "unreadable", message: `cannot be read: ${wordsOf(error)}` }];
  } finally {
    validate.errors = null;
  }
}
