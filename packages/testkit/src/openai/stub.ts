import { startLoopback, type LoopbackAnswer, type LoopbackRequest } from "../loopback/server.js";
import { parseJson } from "../members.js";
import { quirkCases } from "../quirks/corpus.js";
import type { Answer, Hold } from "./answer.js";
import { askedOf } from "./asked.js";
import { defaultAnswer } from "./default-answer.js";
import { errorBody, errorOf, refusal } from "./errors.js";
import type { AnswerFault, OpenAIFaults } from "./faults.js";
import { serviceHeaders } from "./headers.js";
import { modelsAnswer } from "./models.js";
import { Holds, writePaced, type Pacing } from "./paced-stream.js";
import { refuse } from "./refuse.js";
import { replyOf } from "./reply.js";
import { wireOf } from "./wires.js";

/** What the stub is like. */
export type OpenAIStubOptions = {
  /** What is answered to a request; undefined for the stub's own answer, an echo. */
  answer?: (request: OpenAIRequest) => Answer | undefined;
  /** The key that is right, as a bearer or as `x-api-key`; any, and none, by default. */
  apiKey?: string;
  /** The models that there are, and that are listed; any by default. */
  models?: readonly string[];
  /** Whether chunks of chats are padded, as OpenAI pads them; true by default. */
  padding?: boolean;
  /** Largest body in bytes, as it is sent; 413 beyond. 20 MiB by default. */
  maxBodyBytes?: number;
  /** What goes wrong, request by request; `faults` of the stub can be set later, too. */
  faults?: OpenAIFaults;
  /** 0, by default, for any that is free. */
  port?: number;
};

/** A request that reached the stub. */
export type OpenAIRequest = LoopbackRequest & {
  /** The body as a value; null when there is none, undefined when it is no JSON. */
  body: unknown;
};

/** A running stub. */
export type OpenAIStub = {
  /** Address of the server; `/v1` is added for clients that want a base address. */
  url: string;
  baseUrl: string;
  /** What goes wrong from now on; requests are counted from the moment that it is set. */
  faults: OpenAIFaults;
  requests: OpenAIRequest[];
  /** Resolves when so many requests have arrived, from the first one on. */
  arrived(requests: number): Promise<void>;
  /** Resolves when so many clients have gone away before the end of their answer. */
  aborted(clients: number): Promise<void>;
  /** Resolves when answers have come to so many holds. */
  held(holds: number): Promise<void>;
  /** Lets everything go on that is delayed or held now. */
  release(): void;
  close(): Promise<void>;
};

/** Starts an API on loopback that speaks as OpenAI's and Anthropic's do, and says what it is told to. */
export async function startOpenAIStub(options: OpenAIStubOptions = {}): Promise<OpenAIStub> {
  const { maxBodyBytes = 20 * 1024 * 1024, models, apiKey, padding = true } = options;
  const holds = new Holds();
  let numbered = 0;

  function take(request: OpenAIRequest, fault?: AnswerFault): LoopbackAnswer {
    const number = ++numbered;
    const headers = serviceHeaders(number, request.path);
    if (fault?.kind === "quirk") return quirkAnswer(fault.name, headers);
    if (request.method === "GET") return modelsAnswer(request.path, models, headers);
    const asked = askedOf(request.body);
    const answer = options.answer?.(request) ?? defaultAnswer(asked);
    const all = { ...headers, ...answer.headers };
    if (answer.status !== undefined && answer.status !== 200) {
      return refusal(answer.status, request.path, answer.error, all);
    }
    const failure = fault?.kind === "error-in-stream" ? fault : undefined;
    const isStream = asked.isStream && request.path !== "/v1/embeddings";
    if (failure && !isStream) return refusal(500, request.path, failure, all);
    const wire = wireOf(request, replyOf(answer, asked, number), answer, padding);
    const chunks = isStream ? wire.events() : [JSON.stringify(wire.whole())];
    if (failure) {
      const after = Math.min(failure.after ?? 1, chunks.length);
      chunks.splice(after, Infinity, wire.failure(errorOf(500, failure), after));
    }
    return paced(chunks, isStream, all, answer, fault);
  }

  function paced(
    chunks: string[],
    isStream: boolean,
    headers: Record<string, string>,
    answer: Answer,
    fault: AnswerFault | undefined,
  ): LoopbackAnswer {
    const type = isStream ? "text/event-stream; charset=utf-8" : "application/json";
    const asked = fault?.kind === "hold" ? fault.at : (answer.hold ?? []);
    const pacing = {
      chunks,
      holds: [asked].flat().map(holdPlace),
      ...(fault?.kind === "cut" ? { cut: { after: fault.after, inside: fault.inside ?? false } } : {}),
    };
    return written(pacing, { "content-type": type, ...headers });
  }

  function written(pacing: Pacing, headers: Record<string, string>): LoopbackAnswer {
    return {
      status: 200,
      body: "",
      headers,
      write: (response, breakOff) => writePaced(response, pacing, holds, breakOff),
    };
  }

  function quirkAnswer(name: string, headers: Record<string, string>): LoopbackAnswer {
    const quirk = quirkCases.find((each) => each.name === name);
    if (!quirk) {
      const message = `there is no quirk case called ${JSON.stringify(name)}`;
      return refusal(500, "", { message }, headers);
    }
    const { reads, staysOpen, contentType } = quirk;
    return written({ chunks: reads, holds: [], staysOpen }, { ...headers, "content-type": contentType });
  }

  const loopback = await startLoopback<AnswerFault, OpenAIRequest>({
    port: options.port,
    maxBodyBytes: () => maxBodyBytes,
    tooLarge: errorBody(413, "", { message: `Maximum content size limit (${maxBodyBytes}) exceeded` }),
    note: (request) => ({ ...request, body: request.text === "" ? null : parseJson(request.text) }),
    errorBody,
    refuse: (request) => refuse(request, { apiKey, models }),
    take,
    faults: options.faults,
  });
  return {
    url: loopback.url,
    baseUrl: `${loopback.url}/v1`,
    get faults() {
      return loopback.faults;
    },
    set faults(next) {
      loopback.faults = next;
    },
    requests: loopback.requests,
    arrived: loopback.arrived,
    aborted: loopback.aborted,
    held: (count) => holds.held(count),
    release: () => {
      loopback.release();
      holds.release();
    },
    close: loopback.close,
  };
}

function holdPlace(hold: Hold): number {
  return Number(hold.slice("after-chunk-".length));
}
