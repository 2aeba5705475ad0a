export { accumulate, type Source } from "./accumulate.js";
export { accumulateById } from "./accumulate-by-id.js";
export { Accumulator } from "./accumulator.js";
export type { AccumulatorOptions } from "./accumulator-options.js";
export { observe, type Observed } from "./observe.js";
export { splitTags, type Split } from "./think-tags.js";
export { decodeSse, type SseEvent } from "./sse-decoder.js";
export { encodeSse } from "./sse-encoder.js";
export { toLiteLLMCompletion, toOpenAICompletion } from "./views.js";
