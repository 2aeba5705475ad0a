import { InvalidDocumentError } from "@waybill/core";

import { readJson } from "../json/read-json.js";
import { UnusableRequestError } from "./errors.js";

/** What a caller of `fetch` asks for. */
export type Call = {
  method: string;
  /** As it was given. */
  url: string;
  /** The body as a value that remembers its text; undefined when there is none. */
  body: unknown;
  signal: AbortSignal | undefined;
};

/** A call whose body can be read without taking it from the one who sends it. */
export type TakenCall = {
  method: string;
  url: string;
  signal: AbortSignal | undefined;
  /** Whether the body is sent while it is made, so that its text may be long in coming. */
  streamsBody: boolean;
  /** What to send in place of what was given. */
  input: RequestInfo | URL;
  init: RequestInit | undefined;
  /** @throws UnusableRequestError for a body that cannot be JSON */
  text: () => Promise<string>;
};

/** Takes a call apart, in all the forms that `fetch` has for it. */
export function takeCall(input: RequestInfo | URL, init: RequestInit | undefined): TakenCall {
  const request = isRequest(input) ? input : undefined;
  const shared = {
    method: (init?.method ?? request?.method ?? "GET").toUpperCase(),
    url: request?.url ?? (input as string | URL).toString(),
    // A null takes the signal of the request away, as in fetch.
    signal: (init?.signal === undefined ? request?.signal : init.signal) ?? undefined,
    streamsBody: false,
    input,
  };
  const body: unknown = init?.body ?? undefined;
  if (body === undefined && request?.body) {
    const copy = request.clone();
    return { ...shared, streamsBody: true, init, text: () => copy.text() };
  }
  if (tagOf(body) === "ReadableStream") {
    const [sent, read] = (body as ReadableStream<Uint8Array>).tee();
    return {
      ...shared,
      streamsBody: true,
      init: { ...init, body: sent },
      text: () => new Response(read).text(),
    };
  }
  return { ...shared, init, text: async () => textOf(body) };
}

/**
 * A call with its body.
 * @throws UnusableRequestError when it has no JSON body
 */
export async function callOf({ method, url, signal, text }: TakenCall): Promise<Call> {
  return { method, url, signal, body: bodyOf(await text()) };
}

/** The body that a text holds. */
function bodyOf(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    const value = readJson(text);
    // A bare string would be taken for the text of a body.
    return typeof value === "string" ? text : value;
  } catch (error) {
    if (!InvalidDocumentError.isInstance(error)) throw error;
    throw new UnusableRequestError(`the request's body cannot be read: ${error.message}`, { cause: error });
  }
}

/** Whether a value is a Request, also one of another realm or library. */
function isRequest(input: unknown): input is Request {
  return typeof input === "object" && input !== null && "url" in input && "method" in input;
}

async function textOf(body: unknown): Promise<string> {
  if (body === undefined) return "";
  if (typeof body === "string") return body;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(body);
  const tag = tagOf(body);
  if (tag === "Blob" || tag === "File") return (body as Blob).text();
  const cure = "recordings are looked up by JSON bodies";
  throw new UnusableRequestError(`the request's body is of type ${tag}, and ${cure}`);
}

/** What a value calls itself: `FormData`, `ReadableStream`. Works for the classes of any realm. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
