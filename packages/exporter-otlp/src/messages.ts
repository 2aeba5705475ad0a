import { listOf, membersOf, textOf, type Members } from "./members.js";

/** A piece of a message in the form of the conventions. */
export type Part = { type: string } & Members;

/** A message in the form of the conventions; those of an answer have a finish reason. */
export type Message = { role: string; parts: Part[]; name?: string; finish_reason?: string };

/** A prompt as messages: chat messages, those of the Responses API, or plain texts. */
export function toInputMessages(prompt: unknown): Message[] {
  return [prompt ?? []]
    .flat()
    .map((item) => toMessage(typeof item === "string" ? { content: item } : item, "user"));
}

/** An answer as messages, one for each choice. */
export function toOutputMessages(response: unknown): Message[] {
  const { choices, output, status } = membersOf(
    typeof response === "string" ? { choices: [{ text: response }] } : response,
  );
  if (Array.isArray(choices)) {
    return choices.map((choice) => {
      const { message, text, finish_reason: reason } = membersOf(choice);
      // The conventions have the singular.
      const finish = reason === "tool_calls" || reason === "function_call" ? "tool_call" : reason;
      return {
        ...toMessage(message ?? { content: text }, "assistant"),
        finish_reason: textOf(finish) ?? "error",
      };
    });
  }
  // The Responses API answers with items instead of choices.
  const parts = listOf(output).flatMap((item) => toParts(membersOf(item).content ?? [item]));
  return parts.length > 0
    ? [{ role: "assistant", parts, finish_reason: status === "completed" ? "stop" : "error" }]
    : [];
}

function toMessage(message: unknown, role: string): Message {
  const members = membersOf(message);
  const { name } = members;
  return {
    role: textOf(members.role) ?? role,
    parts: partsOf(members),
    ...(typeof name === "string" ? { name } : {}),
  };
}

function partsOf(message: Members): Part[] {
  const { role, content, text, tool_call_id: id, refusal, function_call: legacy } = message;
  if (role === "tool") return [{ type: "tool_call_response", id: id ?? null, response: content ?? null }];
  const reasoning = textOf(message.reasoning_content, message.reasoning);
  return [
    ...(reasoning === undefined ? [] : [{ type: "reasoning", content: reasoning }]),
    ...toParts(content ?? text ?? []),
    ...(refusal ? [{ type: "refusal", content: refusal }] : []),
    ...listOf(message.tool_calls).map(toCall),
    ...(legacy ? [toCall({ function: legacy })] : []),
  ];
}

function toParts(content: unknown): Part[] {
  return [content]
    .flat()
    .filter((item) => item !== "")
    .map(toPart);
}

function toCall(call: unknown): Part {
  const { id, function: called, custom } = membersOf(call);
  const { name, arguments: given, input } = membersOf(called ?? custom);
  return { type: "tool_call", id: id ?? null, name: name ?? "", arguments: parsed(given ?? input ?? null) };
}

/** Arguments are JSON in a text; what is none stays the text. */
function parsed(value: unknown): unknown {
  try {
    return typeof value === "string" ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

function toPart(item: unknown): Part {
  if (typeof item === "string") return { type: "text", content: item };
  const part = membersOf(item);
  const { type, text, refusal, image_url: image, input_audio: audio, file } = part;
  if (typeof text === "string") return { type: "text", content: text };
  if (typeof refusal === "string") return { type: "refusal", content: refusal };
  if (image) return toMedium("image", membersOf(image).url ?? image);
  if (audio) {
    const { data, format } = membersOf(audio);
    return { type: "blob", modality: "audio", mime_type: `audio/${String(format)}`, content: data };
  }
  if (file) {
    const { file_id, file_data } = membersOf(file);
    return file_data === undefined
      ? { type: "file", modality: "document", file_id }
      : toMedium("document", file_data);
  }
  // Parts of a kind of their own may have any members.
  return typeof type === "string" ? { ...part, type } : { type: "unknown", content: item };
}

/** A data URL is its content, any other a reference. */
function toMedium(modality: string, url: unknown): Part {
  const [, mime, content] = /^data:([^;,]*)[^,]*,(.*)/s.exec(String(url)) ?? [];
  return content === undefined
    ? { type: "uri", modality, uri: url }
    : { type: "blob", modality, ...(mime ? { mime_type: mime } : {}), content };
}
