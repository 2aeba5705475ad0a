/** One event of a stream without names, as OpenAI's chat streams are. */
export function dataEvent(data: unknown): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** An event whose type is its name, too. */
export type TypedEvent = { type: string } & Record<string, unknown>;

/** One event with its type as its name, as in streams of Responses and of Anthropic. */
export function typedEvent(data: TypedEvent): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
