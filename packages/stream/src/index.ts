export { accumulate, type Source } from "./accumulate.js";
export { Accumulator, type AccumulatorOptions } from "./accumulator.js";
export { observe, type Observed } from "./observe.js";
export { decodeSse, type SseEvent } from "./sse-decoder.js";
export { encodeSse } from "./sse-encoder.js";
