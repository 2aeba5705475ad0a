import { splitUrl } from "../hash/url-path.js";

/**
 * What an address asks for, whatever stands before it: `chat/completions`, or the last part of the path. Recordings have
 * `/v1/v1/chat/completions` where clients send `/v1/chat/completions`.
 */
export function endpointOf(url: string): string {
  const { path } = splitUrl(url);
  let end = path.length;
  while (path.charCodeAt(end - 1) === 0x2f) end--;
  const trimmed = path.slice(0, end);
  if (/(?:^|\/)chat\/completions$/.test(trimmed)) return "chat/completions";
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** Whether an address is one of a list of models. */
export function isModelsEndpoint(url: string): boolean {
  const endpoint = endpointOf(url);
  return endpoint === "models" || endpoint === "tags";
}

/** An address as recordings hold it: the hosts of Databricks, which tell whose they are, have one name. */
export function maskedUrl(url: string): string {
  return url.replace(/^https?:\/\/[^/?#]*cloud\.databricks\.com/, "__databricks__");
}
