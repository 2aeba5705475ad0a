/** A tool call or, of the old kind, a function call. */
export type AnswerCall = { name: string; arguments: string };

/** One choice as a reader gives it. */
export type AnswerChoice = {
  content: string;
  refusal: string;
  reasoning: string;
  calls: AnswerCall[];
  /** In OpenAI's words, or in those of the provider where the reader keeps them; null when there is none. */
  finish: string | null;
};

/** What a reader makes of a stream, whichever reader it is: what they all have words for. */
export type Answer = {
  choices: AnswerChoice[];
  /** The main counts as they are given, and the total only where the reader takes the provider's. */
  usage: { prompt_tokens?: unknown; completion_tokens?: unknown; total_tokens?: unknown } | null;
  /** Whether the reader says that the stream failed or was cut; a reader that throws says so, too. */
  hasFailed: boolean;
};
