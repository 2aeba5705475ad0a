import { readAttributes } from "./attributes.js";
import { expectThat, listAt, membersAt, nanosAt, type Members } from "./refusal.js";

/** A span as a row of a store. Attributes are plain values, times are nanoseconds as decimal text. */
export type StoredSpan = {
  traceId: string;
  spanId: string;
  /** "" for a root. */
  parentSpanId: string;
  name: string;
  kind: number;
  flags: number;
  start: string;
  end: string;
  status: { code: number; message: string };
  attributes: Members;
  events: { name: string; time: string; attributes: Members }[];
  resource: Members;
  scope: string;
};

/** The spans of a body of `POST /v1/traces`. Throws a Refusal where a collector answers 400. */
export function readSpans(body: unknown): StoredSpan[] {
  const { resourceSpans } = membersAt(body, "body");
  return listAt(resourceSpans, "resourceSpans").flatMap((each, index) => {
    const path = `resourceSpans[${index}]`;
    const { resource: raw = {}, scopeSpans } = membersAt(each, path);
    const resource = readAttributes(
      membersAt(raw, `${path}.resource`).attributes,
      `${path}.resource.attributes`,
    );
    return listAt(scopeSpans, `${path}.scopeSpans`).flatMap((one, place) => {
      const { scope = {}, spans } = membersAt(one, `${path}.scopeSpans[${place}]`);
      const { name = "" } = membersAt(scope, `${path}.scopeSpans[${place}].scope`);
      return listAt(spans, `${path}.scopeSpans[${place}].spans`).map((span, at) => ({
        ...readSpan(membersAt(span, "span"), `${path}.scopeSpans[${place}].spans[${at}]`),
        resource,
        scope: String(name),
      }));
    });
  });
}

function readSpan(span: Members, path: string): Omit<StoredSpan, "resource" | "scope"> {
  const { name, kind = 0, flags = 0, status = {}, parentSpanId } = span;
  const { code = 0, message = "" } = membersAt(status, `${path}.status`);
  expectThat(typeof name === "string" && name !== "", `${path}.name`, "a name");
  expectThat(isWithin(kind, 5), `${path}.kind`, "a kind of span");
  expectThat(isWithin(code, 2), `${path}.status.code`, "0, 1 or 2");
  expectThat(typeof message === "string", `${path}.status.message`, "a string");
  expectThat(isWithin(flags, 2 ** 32 - 1), `${path}.flags`, "32 bits");
  const isRoot = parentSpanId === undefined || parentSpanId === null || parentSpanId === "";
  return {
    traceId: idAt(span.traceId, 32, `${path}.traceId`),
    spanId: idAt(span.spanId, 16, `${path}.spanId`),
    parentSpanId: isRoot ? "" : idAt(parentSpanId, 16, `${path}.parentSpanId`),
    name: name as string,
    kind: kind as number,
    flags: flags as number,
    start: nanosAt(span.startTimeUnixNano, `${path}.startTimeUnixNano`),
    end: nanosAt(span.endTimeUnixNano, `${path}.endTimeUnixNano`),
    status: { code: code as number, message: message as string },
    attributes: readAttributes(span.attributes, `${path}.attributes`),
    events: listAt(span.events, `${path}.events`).map((event, index) => {
      const { name: title, timeUnixNano, attributes } = membersAt(event, `${path}.events[${index}]`);
      return {
        name: String(title),
        time: nanosAt(timeUnixNano, `${path}.events[${index}].timeUnixNano`),
        attributes: readAttributes(attributes, `${path}.events[${index}].attributes`),
      };
    }),
  };
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;
}

function idAt(value: unknown, length: number, path: string): string {
  const isId = typeof value === "string" && value.length === length && /^[0-9a-fA-F]+$/.test(value);
  expectThat(isId && /[^0]/.test(value), path, `${length} hex digits that are not all zero`);
  return value as string;
}
