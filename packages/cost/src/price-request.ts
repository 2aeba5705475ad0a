import type { UsageApi } from "./usage/hints.js";

/**
 * A call to be priced. Only the model and the usage are needed; the rest is what some prices depend on. Counts and measures
 * are numbers from 0 up; one that cannot be makes the result `invalid`, with its JSON Pointer.
 */
export type PriceRequest = {
  /** The model that answered, as the provider or a router names it. */
  model: string;
  /** Tried before `model`: the model behind a deployment whose name says nothing (Azure). */
  baseModel?: string | undefined;
  /** Narrows the search to one provider, in LiteLLM's or OpenTelemetry's names: "openai", "aws.bedrock". */
  provider?: string | undefined;
  /** Usage as the provider sent it, or normalised. null is unknown, which is not zero. */
  usage?: unknown;
  /** Which API the usage is from, where its members do not tell. */
  api?: UsageApi | undefined;
  /** When the call was made: a Date, ISO text, or epoch seconds or milliseconds. Now by default. */
  at?: Date | string | number | undefined;
  /** The tier that served the call. "auto" gives way to the tier that the usage names. */
  serviceTier?: string | null | undefined;
  /** LiteLLM's mode, such as "audio_transcription", where it is not the model's own. */
  mode?: string | undefined;
  /** A call of a batch API. */
  batch?: boolean | undefined;
  /** Let a dated snapshot that no catalog lists be priced as its family. */
  allowFamily?: boolean | undefined;

  /** A region of a cloud ("us-east-1"), or of data residency ("eu", "us") where the model's price has a factor for it. */
  region?: string | undefined;
  /** The factor itself, instead of a region. */
  uplift?: number | undefined;
  /** Vertex: a regional endpoint, charged by the model's factor, or by this one. */
  regionalEndpoint?: boolean | number | undefined;
  /** Anthropic: "fast", and where inference ran ("us"). The usage's own `speed` and `inference_geo` are read too. */
  speed?: string | undefined;
  inferenceGeo?: string | undefined;

  /** Seconds of audio that was transcribed, or of video that was made. */
  durationSeconds?: number | undefined;
  /** Characters that were spoken. */
  characters?: number | undefined;
  /** Images that were made (1 by default), their size ("1024x1024") and quality. */
  images?: number | undefined;
  size?: string | undefined;
  quality?: string | undefined;
  /** The resolution of a video, "1080p". */
  resolution?: string | undefined;
  /** Pages and annotated pages that were read, or the credits of it. */
  pages?: number | undefined;
  annotatedPages?: number | undefined;
  credits?: number | undefined;
  /** Search units of a rerank. */
  searchUnits?: number | undefined;
  /** Queries of a search (1 by default), and how many results each may have. */
  queries?: number | undefined;
  maxResults?: number | undefined;
  /** How long the call took, for models priced by the second. */
  responseTimeMs?: number | undefined;

  /** Tools of the provider that the call used. */
  tools?: ToolUse | undefined;
  /** The completion or response, in which the use of tools is looked for when `tools` does not say. */
  response?: unknown;

  /** A share that is taken off, 0.05; or by provider: `{ openai: 0.05, global: 0.01 }`. */
  discount?: number | Readonly<Record<string, number>> | undefined;
  /** What is put on after the discount: a share, or a share and an amount in USD; or either by provider. */
  margin?: Margin | Readonly<Record<string, Margin>> | undefined;
  /** Amounts in USD by name, added before discount and margin. */
  additionalCosts?: Readonly<Record<string, number>> | undefined;
  /** Azure's model router, whose fee for each prompt token comes on top ("azure_ai/model_router"). */
  router?: string | undefined;
  /** What a proxy says that the call cost, in USD (`llm_provider-x-litellm-response-cost`): it stands for everything else. */
  reportedCost?: number | string | undefined;
  /** Answered from a proxy's own cache: it cost nothing. */
  cacheHit?: boolean | undefined;
};

/** A share such as 0.1, or a share and a fixed amount in USD. */
export type Margin = number | { readonly percentage?: number; readonly fixed_amount?: number };

/** Tools that a provider charges for. What is absent was not used. */
export type ToolUse = {
  /** A web search: the size of its context ("medium" when null or true), or how many were made. */
  webSearch?: string | boolean | number | null | { size?: string | null; requests?: number } | undefined;
  /** File searches; Azure's by storage. */
  fileSearch?: boolean | number | Storage | null | undefined;
  codeInterpreterSessions?: number | undefined;
  /** Tokens of computer use (Azure). */
  computerUse?: { inputTokens?: number; outputTokens?: number } | undefined;
  vectorStore?: Storage | undefined;
};

/** Storage: gigabytes and days. */
export type Storage = { gb: number; days: number };
