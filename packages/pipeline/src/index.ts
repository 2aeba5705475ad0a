export { createPipeline, type AcceptOptions, type Pipeline } from "./create-pipeline.js";
export { systemClock, type Clock } from "./clock.js";
export type { PipelineLimits, PipelineOptions } from "./options.js";
export { stripContent } from "./strip-content.js";
export type {
  Durability,
  ExporterState,
  ExporterStats,
  FlushReport,
  Health,
  PipelineEvent,
  Receipt,
  Stats,
} from "./types.js";
