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

/** A body that may still be on its way. */
export class BodyText {
  /** The text; undefined while it is not known, and for a body that is none. */
  text: string | undefined;
  readonly #reading: Promise<void> | undefined;
  #value: unknown;
  #isParsed = false;

  constructor(text: string | Promise<string> | undefined) {
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

  /** Whether the body is read while it is sent. */
  get isLate(): boolean {
    return this.#reading !== undefined && this.text === undefined;
  }

  async whole(): Promise<string | undefined> {
    await this.#reading;
    return this.text;
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
  const headers = new Headers(init?.headers ?? request?.headers);
  return { method, url, headers, ...bodyOf(input, init, request) };
}

function bodyOf(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  request: Request | undefined,
): Pick<SentRequest, "body" | "input" | "init"> {
  const body: unknown = init?.body ?? undefined;
  if (typeof body === "string") return { body: new BodyText(body), input, init };
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body))
    return { body: new BodyText(new TextDecoder().decode(body)), input, init };
  if (body === undefined && request?.body && isJson(request.headers)) {
    const copy = request.clone();
    return { body: new BodyText(copy.text()), input, init };
  }
  if (tagOf(body) === "ReadableStream" && isJson(new Headers(init?.headers))) {
    const [sent, read] = (body as ReadableStream<Uint8Array>).tee();
    return { body: new BodyText(new Response(read).text()), input, init: { ...init, body: sent } };
  }
  if (tagOf(body) === "Blob") return { body: new BodyText((body as Blob).text()), input, init };
  return { body: new BodyText(undefined), input, init };
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
