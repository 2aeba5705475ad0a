import type { StandardLoggingPayload } from "@waybill/core";
import { WaybillError } from "@waybill/core/errors";

import { toKeyValues, type Attributes } from "./attributes.js";
import type { Call } from "./call.js";
import { check } from "./check.js";
import { generations, type Conventions } from "./names.js";
import { version } from "./version.js";
import type { OtlpResource, OtlpScope } from "./wire.js";

/** Where the text of prompts and answers goes; `both` writes it twice. */
export type ContentMode = "none" | "attributes" | "events" | "both";

/** What is written about a call. */
export type MappingOptions = {
  /** Generation of the conventions for spans; "v1.41" by default, which is what backends read today. */
  conventions?: Conventions | undefined;
  /** Whether and where prompts, answers, tool definitions and texts of errors are written; "none" by default. */
  content?: ContentMode | undefined;
  /** Most characters of one attribute of content; 65,536 by default. */
  maxContent?: number | undefined;
  /** Writes the texts of errors without any other content. They may quote the prompt. */
  errorText?: boolean | undefined;
  /** Writes the end user as `user.id`. */
  userId?: boolean | undefined;
  /** Attributes that get the cost in USD as a double; `["gen_ai.usage.cost"]` by default. */
  costKeys?: readonly string[] | undefined;
  /** `service.name`; "unknown_service" by default, as OpenTelemetry wants it. */
  serviceName?: string | undefined;
  /** Further attributes of the resource. */
  resource?: Attributes | undefined;
  /**
   * More attributes for a payload's span. `withContent` is false when the span was too large with its content; `call` is what
   * was read of the payload.
   */
  attributes?:
    | ((payload: StandardLoggingPayload, withContent: boolean, call: Call) => Attributes)
    | undefined;
};

/**
 * Who speaks.
 * @throws WaybillError `bad-option` for conventions and content that there are not, for a limit below 0, and for a cost key
 * that another begins with: names do not allow that
 */
export function envelopeOf(options: MappingOptions): { resource: OtlpResource; scope: OtlpScope } {
  const { serviceName, resource, costKeys = [], conventions = "v1.41", content, maxContent } = options;
  const isNested = costKeys.some((key) => costKeys.some((other) => other.startsWith(`${key}.`)));
  check("content", content);
  check("maxContent", maxContent);
  if (isNested || !Object.hasOwn(generations, conventions)) {
    throw new WaybillError(
      "bad-option",
      isNested ? `costKeys: ${costKeys.join()}` : `conventions: ${conventions}`,
    );
  }
  const service = { "service.name": serviceName ?? resource?.["service.name"] ?? "unknown_service" };
  return {
    resource: { attributes: toKeyValues({ ...resource, ...service }) },
    scope: { name: "waybill", version },
  };
}
