import { apiOf } from "./api.js";
import { changedInit } from "./changed-init.js";
import { copiedBody, MOST_REQUEST_BYTES, textOfBody } from "./copied-body.js";

/** A call of `fetch`, looked at before it is sent. Looking takes nothing from the one who answers it. */
export type SentRequest = {
  method: string;
  url: URL;
  headers: Headers;
  /** The body as a value: known at once where it was given as text or bytes, else as soon as it is read. */
  body: BodyText;
  /** What to send. */
  input: RequestInfo | URL;
  init: RequestInit | undefined;
};

/** How long a record waits for the body of its request when the answer is over, in milliseconds. */
const LONGEST_WAIT = 1000;

/** A body that may still be on its way. */
export class BodyText {
  /** The text; undefined while it is not known, and for a body that is none. */
  text: string | undefined;
  readonly #reading: Promise<void> | undefined;
  #value: unknown;
  #isParsed = false;

  constructor(text?: string | Promise<string | undefined>) {
    if (typeof text === "string") this.text = text;
    else if (text)
      this.#reading = text.then(
        (read) => {
          this.text = read;
        },
        // What a caller's stream fails with reaches the caller by the request itself.
        () => {},
      );
  }

  /** The body as JSON; undefined when it is none, or not known yet. */
  value(): unknown {
    if (this.#isParsed || this.text === undefined) return this.#value;
    this.#isParsed = true;
    this.#value = jsonOf(this.text);
    return this.#value;
  }

  /** Whether the body is being read apart from being sent. */
  get isLate(): boolean {
    return this.#reading !== undefined && this.text === undefined;
  }

  /** Ends when the body has been read. */
  async whole(): Promise<void> {
    await this.#reading;
  }

  /** Ends when the body has been read, or when that takes too long: a request may go on when its answer is over. */
  async soon(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LONGEST_WAIT);
    });
    await Promise.race([this.#reading, tooLong]);
    clearTimeout(timer);
  }
}

/** Text as JSON; undefined when it is none. What it holds is anybody's: what reads it expects anything. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Takes a call apart, in all the forms that `fetch` has for it.
 * @throws TypeError for an address or headers that `fetch` will refuse, too
 */
export function takeRequest(input: RequestInfo | URL, init: RequestInit | undefined): SentRequest {
  const request = isRequest(input) ? input : undefined;
  const address = request?.url ?? (input as string | URL).toString();
  // A relative address has its base in the page.
  const base = (globalThis as { location?: { href?: string } }).location?.href;
  const url = base === undefined ? new URL(address) : new URL(address, base);
  const method = (init?.method ?? request?.method ?? "GET").toUpperCase();
  const given = init?.headers ?? request?.headers;
  const headers = new Headers(given);
  const how = isReadOnce(given) ? changedInit(init, { headers }) : init;
  const isWanted = method === "POST" && apiOf(url.pathname) !== undefined;
  const late = isWanted ? lateBodyOf(how, request, headers) : undefined;
  return { method, url, headers, input, init: how, body: bodyAtHand(how?.body), ...late };
}

/** Headers that are an iterator are empty by now. */
function isReadOnce(headers: unknown): boolean {
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) return false;
  return Symbol.iterator in headers && tagOf(headers) !== "Headers";
}

function bodyAtHand(body: unknown): BodyText {
  if (typeof body === "string") return new BodyText(body);
  const isBytes = body instanceof ArrayBuffer || ArrayBuffer.isView(body);
  return new BodyText(isBytes ? new TextDecoder().decode(body) : undefined);
}

/** A body that is known later, and how to send it then. */
function lateBodyOf(
  init: RequestInit | undefined,
  request: Request | undefined,
  headers: Headers,
): (Pick<SentRequest, "body"> & Partial<Pick<SentRequest, "init">>) | undefined {
  const given: unknown = init?.body ?? undefined;
  if (given === undefined && request?.body && isJson(headers)) {
    // A Request is sent as it is: to put another body into it would send it in another way.
    const copy = request.clone().body as ReadableStream<Uint8Array>;
    return { body: new BodyText(textOfBody(copy)) };
  }
  if (tagOf(given) === "ReadableStream" && isJson(headers)) {
    const body = new BodyText();
    const sent = copiedBody(given as ReadableStream<Uint8Array>, (text) => {
      body.text = text;
    });
    return { body, init: changedInit(init, { body: sent }) };
  }
  if (isBlob(given) && given.size <= MOST_REQUEST_BYTES) return { body: new BodyText(given.text()) };
  return undefined;
}

export function isBlob(body: unknown): body is Blob {
  const tag = tagOf(body);
  return tag === "Blob" || tag === "File";
}

/** A copy of a body costs memory: files that are sent are not copied. */
function isJson(headers: Headers): boolean {
  return headers.get("content-type")?.includes("json") === true;
}

/** Whether a value is a Request, also one of another realm or library. */
function isRequest(input: unknown): input is Request {
  return typeof input === "object" && input !== null && "url" in input && "method" in input;
}

/** What a value calls itself: `Blob`, `ReadableStream`. Works for the classes of any realm. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
