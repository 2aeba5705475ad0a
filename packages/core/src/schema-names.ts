/** The wire formats that have a schema. */
export const schemaNames = [
  "chat-completion-chunk",
  "chat-completion",
  "chat-completion-request",
  "usage",
  "standard-logging-payload",
  "langfuse-batch",
  "recording",
] as const;

/** The name of a wire format. */
export type SchemaName = (typeof schemaNames)[number];
