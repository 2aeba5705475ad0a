/** A tool call that the model makes. */
export type AnswerCall = {
  name: string;
  /** JSON text as it is sent, right or wrong; a value is written as JSON. */
  arguments: string | object;
  /** Counted, if not given. */
  id?: string;
};

/** One choice of an answer. Its parts are sent in this order. */
export type AnswerChoice = {
  /** Text that is shown as the model's thinking. */
  reasoning?: string;
  text?: string;
  refusal?: string;
  calls?: readonly AnswerCall[];
  /** OpenAI's word, whatever the endpoint; `tool_calls` when there are calls, else `stop`. */
  finish?: string;
};

/** Counts of tokens, whatever the endpoint calls them. What is not given is counted from what is sent. */
export type AnswerUsage = {
  /** All of the input, what was read from a cache or written to one included. */
  input?: number;
  cached?: number;
  cacheWrite?: number;
  /** All of the output, reasoning included. */
  output?: number;
  reasoning?: number;
  /** Members that are added as they are, such as the cost that some gateways state. */
  more?: object;
};

/** Where an answer waits until `release()`: behind so many chunks; behind none is behind the headers. */
export type Hold = `after-chunk-${number}`;

/** What the stub answers. A chunk is an event of a stream; a plain answer has one. */
export type Answer = AnswerChoice & {
  /** Several choices, in place of the members of one. */
  choices?: readonly AnswerChoice[];
  /** The name that the answer states; the request's by default. */
  model?: string;
  /** Counted by default; null for an answer without usage. */
  usage?: AnswerUsage | null;
  /** The vectors of an embedding call, one for each input. */
  embeddings?: readonly (readonly number[])[];
  /** 200 by default. */
  status?: number;
  /** The body of an answer with another status: OpenAI's error, with what is not given filled in. */
  error?: { message?: string; type?: string; code?: string | null; param?: string | null };
  /** Added to those of the stub, in lower case. */
  headers?: Record<string, string>;
  hold?: Hold | readonly Hold[];
};
