import type { IncomingMessage } from "node:http";

import { apiOf, type Api } from "@waybill/fetch";

import { methodNotAllowed, refusal, unclearPath, type Refusal } from "../access/errors.js";

/** What a request is for. */
export type Target = {
  /** Path and query behind `/v1`. */
  path: string;
  /** Undefined for what is no call of a model. */
  api: Api | undefined;
  refusal?: Refusal;
};

/** Methods that `fetch` can send. */
const methods: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);

/** Reads the first line of a request, in the same way in which `fetch` will read what it is given. */
export function targetOf({ method = "GET", url = "/" }: IncomingMessage): Target {
  const read = pathOf(url);
  // A path may leave `/v1` by its dots, and an address that is whole may never have been in it.
  if (!read || !`${read.pathname}/`.startsWith("/v1/"))
    return { path: "", api: undefined, refusal: refusal(404, "not_found", "there is nothing here; see /v1") };
  const { pathname, search } = read;
  const api = method === "POST" ? callOf(pathname) : undefined;
  const target = { path: `${pathname.slice("/v1".length)}${search}`, api };
  if (!methods.has(method)) return { ...target, refusal: methodNotAllowed(method) };
  // Reading costs nothing, and names of files and models may have any characters.
  if (method === "GET" || method === "HEAD") return target;
  const plain = plainly(pathname);
  if (plain === undefined) return { ...target, refusal: unclearPath() };
  // What the API takes for a call of a model must not pass here as something else: it would cost nothing.
  if (method === "POST" && callOf(plain) !== api)
    return { ...target, api: callOf(plain), refusal: unclearPath(plain) };
  return target;
}

function pathOf(target: string): URL | undefined {
  try {
    // `//host/path` would be taken for another host's.
    return new URL(target.startsWith("/") ? `http://gateway${target}` : target);
  } catch {
    return undefined;
  }
}

/** OpenAI's threads have messages, too, which ask no model. */
function callOf(pathname: string): Api | undefined {
  return /^\/v1\/threads\/[^/]+\/messages\/?$/.test(pathname) ? undefined : apiOf(pathname);
}

/**
 * A path as most servers take it: decoded, in small letters, without an ending such as `.json`. Undefined for one that servers
 * read in different ways: with parts that are empty or dots, parameters (`;`), blanks, controls or what is still encoded.
 */
function plainly(pathname: string): string | undefined {
  const decoded = decodedOnce(pathname);
  if (decoded === undefined || !/^[\w.~:@+=,/-]+$/.test(decoded)) return undefined;
  const trimmed = decoded.endsWith("/") ? decoded.slice(0, -1) : decoded;
  const isOdd = (part: string): boolean => part === "" || part === "." || part.includes("..");
  if (trimmed.slice(1).split("/").some(isOdd)) return undefined;
  return trimmed.toLowerCase().replace(/\.[a-z0-9]*$/, "");
}

function decodedOnce(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}
