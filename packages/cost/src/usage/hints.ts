/** Which API a usage object is from, when the caller knows; else its members tell. */
export type UsageApi = "chat" | "responses" | "messages" | "gemini" | "converse" | "ai-sdk";

/** What the caller knows about a usage object. */
export type UsageHints = {
  provider?: string | undefined;
  api?: UsageApi | undefined;
  compat?: "litellm" | undefined;
};
