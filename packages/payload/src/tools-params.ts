import { isMembers, listOf, type Members } from "./members.js";

/** Options of the tools that the provider runs itself: those of web search, and the first file search. */
export function toolsParamsOf(request: Members): {
  web_search_options: Members | null;
  file_search: Members | null;
} {
  const tools = listOf(request.tools).filter(isMembers);
  const find = (kind: string) =>
    tools.find(({ type }) => typeof type === "string" && type.startsWith(kind)) ?? null;
  const { web_search_options: options } = request;
  return {
    web_search_options: isMembers(options) ? options : find("web_search"),
    file_search: find("file_search"),
  };
}
