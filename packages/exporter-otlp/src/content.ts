import type { StandardLoggingPayload } from "@waybill/core";

import { flags, texts } from "./attributes.js";
import { toCappedJson } from "./json.js";
import { listOf, membersOf } from "./members.js";
import { toInputMessages, toOutputMessages } from "./messages.js";
import type { KeyValue } from "./wire.js";

/**
 * What was said in a call, as attributes of JSON text, with a mark when that is not all of it. Undefined when it has no
 * JSON text: cycles, numbers that JSON does not know, more levels than the stack has.
 */
export function contentOf(payload: StandardLoggingPayload, limit: number): KeyValue[] | undefined {
  try {
    const { tools, functions } = membersOf(payload.model_parameters);
    let isCut: true | undefined;
    const write = (list: unknown[]) => {
      const capped = toCappedJson(list, limit);
      if (capped.isCut) isCut = true;
      return list.length > 0 ? capped.json : "";
    };
    return [
      ...texts({
        "gen_ai.input.messages": write(toInputMessages(payload.messages)),
        "gen_ai.output.messages": write(toOutputMessages(payload.response)),
        "gen_ai.tool.definitions": write(listOf(tools ?? functions)),
      }),
      ...flags({ "waybill.content.truncated": isCut }),
    ];
  } catch {
    return undefined;
  }
}
