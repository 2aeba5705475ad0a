import type { StandardLoggingPayloadEmit } from "@waybill/core";
import type { CostEngine } from "@waybill/cost";
import { buildPayload, type Call, type CallContext, type Redactor } from "@waybill/payload";
import type { BodyWatcher } from "@waybill/stream";

import type { Answer, AnswerEnd, AnswerReader } from "./answers/answer.js";
import { ChatAnswer } from "./answers/chat-answer.js";
import { EventAnswer } from "./answers/event-answer.js";
import { MessageEvents } from "./answers/message-events.js";
import { RefusedAnswer } from "./answers/refused-answer.js";
import { ResponseEvents } from "./answers/response-events.js";
import { SniffedAnswer } from "./answers/sniffed-answer.js";
import { WholeAnswer } from "./answers/whole-answer.js";
import type { Api } from "./api.js";
import { tell } from "./events.js";
import type { LiveCall, Progress } from "./live-call.js";
import { membersOf, textOf } from "./members.js";
import type { InstrumentOptions } from "./options.js";
import { answeredModel, priceOf, providerOfModel } from "./price.js";
import type { BodyText } from "./sent-request.js";
import { errorOf } from "./thrown-error.js";

/** What every call of one instrumented fetch shares. */
export type Instruments = {
  options: InstrumentOptions;
  engine: CostEngine | null;
  redactor: Redactor | null;
  now: () => number;
  monotonic: () => number;
  newId: () => string;
};

/** What is known of a call when it is sent. */
export type SentCall = {
  api: Api;
  url: URL;
  provider: string | undefined;
  body: BodyText;
  context: CallContext & { callId: string };
};

/** Pieces of a stream that are read together. */
const READ_AT_ONCE = 32;

/** One call, from its request to its record. */
export class ObservedCall implements BodyWatcher {
  readonly #tools: Instruments;
  readonly #sent: SentCall;
  readonly #readsLater: boolean;
  readonly #startTime: number;
  readonly #startedAt: number;
  #reader: AnswerReader | undefined;
  /** Pieces that were seen and are not read yet, and when they came. */
  #pieces: Uint8Array[] = [];
  #times: number[] = [];
  /** When the piece came that is being read. */
  #pieceTime: number | undefined;
  #headers: Headers | undefined;
  #isOver = false;
  #settle: () => void = () => {};

  /**
   * @param readsLater keep some pieces and read them together, which takes half the time when many streams take turns. For
   * readers that do not write over their pieces.
   */
  constructor(sent: SentCall, tools: Instruments, readsLater: boolean) {
    this.#readsLater = readsLater;
    this.#sent = sent;
    this.#tools = tools;
    this.#startTime = tools.now();
    this.#startedAt = tools.monotonic();
    const { waitUntil, onStart } = tools.options;
    if (waitUntil) {
      const recorded = new Promise<void>((resolve) => {
        this.#settle = resolve;
      });
      this.#guard("waitUntil", () => waitUntil(recorded));
    }
    if (onStart) this.#guard("onStart", () => onStart(this.#live()));
  }

  /** Reads the body of a response from here on. */
  answer(response: Response): void {
    this.#headers = response.headers;
    this.#reader = this.#readerOf(response);
  }

  write(piece: Uint8Array): void {
    if (this.#isOver) return;
    if (!this.#readsLater) {
      this.#read(piece);
      return;
    }
    this.#pieces.push(piece);
    this.#times.push(this.#tools.monotonic());
    if (this.#pieces.length >= READ_AT_ONCE) this.#readPieces();
  }

  /** The answer is over: the record is made and handed on. */
  end(reason: AnswerEnd, cause?: unknown): void {
    if (this.#isOver) return;
    this.#readPieces();
    this.#isOver = true;
    this.#guard("the record", () => this.#finish(this.#reader?.end(reason, cause) ?? {}));
  }

  /** There is an answer, and its body is of a kind that nobody here can look at, such as a stream of Node's. */
  cannotRead(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const lacks = "the body is no web stream, and was not looked at";
    this.#guard("the record", () => this.#finish({ response: `[${lacks}]`, lacks }));
  }

  /** The body was let go. */
  letGo(): void {
    if (this.#isOver) return;
    tell(this.#tools.options.onEvent, { type: "unread", id: this.#sent.context.callId });
    this.end("abort");
  }

  /** There was no answer. */
  fail(thrown: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#guard("the record", () => this.#finish({ error: errorOf(thrown) }));
  }

  #readPieces(): void {
    for (const [place, piece] of this.#pieces.entries()) {
      this.#pieceTime = this.#times[place];
      this.#read(piece);
    }
    this.#pieces = [];
    this.#times = [];
    this.#pieceTime = undefined;
  }

  #read(piece: Uint8Array): void {
    try {
      this.#reader?.write(piece);
    } catch (error) {
      this.#failed("the answer", error);
    }
  }

  #finish(answer: Answer): void {
    const { body } = this.#sent;
    // Most bodies were given as text. One that was not has been read by now, or nearly so.
    if (body.isLate) void body.soon().then(() => this.#guard("the record", () => this.#record(answer)));
    else this.#record(answer);
  }

  #record(answer: Answer): void {
    const { now, monotonic, newId, engine, redactor, options } = this.#tools;
    const { api, provider, body, context, url } = this.#sent;
    const request = membersOf(body.value());
    const lost = body.value() === undefined ? whyLost(body) : undefined;
    const model = textOf(request.model) ?? modelOfPath(url);
    const call: Call = {
      request: request.model === undefined && model !== undefined ? { ...request, model } : request,
      ...(answer.result ? { result: answer.result } : {}),
      ...(answer.response === undefined ? {} : { response: answer.response }),
      ...(answer.error === undefined ? {} : { error: answer.error }),
      startTime: this.#startTime / 1000,
      endTime: (this.#startTime + monotonic() - this.#startedAt) / 1000,
      provider: provider ?? providerOfModel(engine, api, answeredModel(answer), model),
      apiBase: apiBaseOf(url),
      context,
      callType: callTypes[api],
      responseHeaders: this.#headers,
      ...(engine
        ? { cost: priceOf(engine, { api, provider, model, answer, startTime: this.#startTime }) }
        : {}),
    };
    const payload = buildPayload(call, { newId, now, ...(options.idFrom ? { idFrom: options.idFrom } : {}) });
    for (const reason of [lost, answer.lacks])
      if (reason !== undefined)
        tell(options.onEvent, { type: "incomplete-record", id: context.callId, reason });
    this.#hand(redactor ? redactor.payload(payload) : payload);
  }

  #hand(payload: StandardLoggingPayloadEmit): void {
    const { pipeline, onPayload, onEvent, waitUntil } = this.#tools.options;
    const id = this.#sent.context.callId;
    if (onPayload) this.#guard("onPayload", () => onPayload(payload));
    if (!pipeline) return this.#settle();
    const taking = pipeline.accept(payload, waitUntil ? { waitUntil } : {});
    void Promise.resolve(taking)
      .then(
        ({ status, issues = [] }) => {
          if (status !== "dropped" && status !== "refused") return;
          const why = issues.map(({ message }) => message).join("; ");
          tell(onEvent, { type: "not-recorded", id, reason: why || `the pipeline says ${status}` });
        },
        (error: unknown) => tell(onEvent, { type: "failed", what: "pipeline", error }),
      )
      .then(() => this.#settle());
  }

  #readerOf(response: Response): AnswerReader {
    const { status, headers } = response;
    if (status >= 400) return new RefusedAnswer(status, headers);
    const { api, body } = this.#sent;
    const { maxAnswerBytes = 64 * 1024 * 1024 } = this.#tools.options;
    const { monotonic } = this.#tools;
    const now = this.#readsLater ? () => this.#pieceTime ?? monotonic() : monotonic;
    const clock = { now, startedAt: this.#startedAt, maxBytes: maxAnswerBytes };
    const request = body.value();
    const isEvents = headers.get("content-type")?.toLowerCase().includes("event-stream") === true;
    // Chat streams come under any label, and the reader of chat tells them from JSON.
    const isStream = isEvents || membersOf(request).stream === true;
    if (isStream && (api === "chat" || api === "completions")) return new ChatAnswer({ ...clock, request });
    const whole = (): AnswerReader => new WholeAnswer(api, maxAnswerBytes);
    if (!isStream || (api !== "responses" && api !== "messages")) return whole();
    const events = new EventAnswer(api === "responses" ? new ResponseEvents() : new MessageEvents(), clock);
    return isEvents ? events : new SniffedAnswer(events, whole());
  }

  #live(): LiveCall {
    const { api, provider, body, context } = this.#sent;
    const nothing: Progress = { text: "", chunks: 0, firstTokenMs: null };
    return {
      id: context.callId,
      api,
      provider: provider ?? providerOfModel(this.#tools.engine, api, textOf(membersOf(body.value()).model)),
      request: membersOf(body.value()),
      context,
      startTime: this.#startTime,
      progress: () => {
        this.#readPieces();
        return this.#reader?.progress() ?? nothing;
      },
    };
  }

  /** What goes wrong here is told, and is nothing to the caller of `fetch`. */
  #guard(what: string, run: () => unknown): void {
    try {
      const value = run();
      if (value instanceof Promise) value.catch((error: unknown) => this.#failed(what, error));
    } catch (error) {
      this.#failed(what, error);
      if (what === "the record") this.#settle();
    }
  }

  #failed(what: string, error: unknown): void {
    tell(this.#tools.options.onEvent, { type: "failed", what, error });
  }
}

/** LiteLLM's names. The Messages API is what its answers look like: LiteLLM takes them for chat. */
const callTypes: Readonly<Record<Api, string>> = {
  chat: "acompletion",
  completions: "atext_completion",
  embeddings: "aembedding",
  responses: "aresponses",
  messages: "anthropic_messages",
};

/** Azure has the deployment in the path, and no model in the body. */
function modelOfPath({ pathname }: URL): string | undefined {
  const name = /\/deployments\/([^/]+)\//.exec(pathname)?.[1];
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The address without what names the API, and without what may be a secret: user, password, query. */
function apiBaseOf({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/(?:chat\/completions|completions|embeddings|responses|messages)\/?$/, "")}`;
}

function whyLost(body: BodyText): string {
  return body.text === undefined
    ? "the body of the request is not known: it is of a kind that is not read, too large, or was not sent to its end"
    : "the body of the request is no JSON";
}
