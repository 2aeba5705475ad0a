/** A chunk with one choice. */
export function chunk(delta: object, more: object = {}): object {
  const {
    finish_reason = null,
    index = 0,
    ...rest
  } = more as { finish_reason?: string | null; index?: number };
  return {
    id: "c1",
    object: "chat.completion.chunk",
    created: 5,
    model: "m",
    choices: [{ index, delta, finish_reason }],
    ...rest,
  };
}

/** The chunk that ends a choice. */
export function finish(reason = "stop", index = 0): object {
  return chunk({}, { finish_reason: reason, index });
}

/** A fragment of a tool call. */
export function tool(index: number | undefined, fragment: object): object {
  return chunk({ tool_calls: [{ ...(index === undefined ? {} : { index }), ...fragment }] });
}
