import type { Recording } from "@waybill/core";

import { compareCodePoints } from "../hash/code-point-order.js";
import type { StoredRecording } from "../store/recording-store.js";
import { isObject } from "./copy-with.js";
import { dataOf } from "./envelope.js";

/**
 * One list of the models of several, by name: of equal names the later one stays. It has the request of the first.
 * Undefined when there are none.
 */
export function mergeModelLists(lists: readonly StoredRecording[]): StoredRecording | undefined {
  // A list that failed is an answer only where there is no other.
  const listed = lists.filter(
    ({ recording: { response } }) => !response.is_exception && response.body !== null,
  );
  const [first] = listed;
  if (!first) return lists[0];
  if (listed.length === 1) return first;
  const bodies = listed.map(({ recording }) => recording.response.body);
  // Ollama lists its models inside of one object.
  const body = bodies.every(isObject) ? mergeTags(bodies) : mergeItems(bodies);
  const recording: Recording = { ...first.recording, response: { ...first.recording.response, body } };
  return { ...first, recording };
}

function mergeItems(bodies: readonly unknown[]): unknown[] {
  return byName(
    bodies.flatMap((body) => (Array.isArray(body) ? (body as unknown[]) : [body])),
    (item) => dataOf(item)["id"],
  );
}

function mergeTags(bodies: readonly Record<string, unknown>[]): Record<string, unknown> {
  const models = byName(
    bodies.flatMap((body) => {
      const { models: listed } = dataOf(body);
      return Array.isArray(listed) ? (listed as unknown[]) : [];
    }),
    (model) => (isObject(model) ? model["model"] : undefined),
  );
  const [first = {}] = bodies;
  return "__data__" in first ? { ...first, __data__: { ...dataOf(first), models } } : { ...first, models };
}

function byName(items: readonly unknown[], nameOf: (item: unknown) => unknown): unknown[] {
  const named = new Map(items.map((item) => [String(nameOf(item)), item]));
  return [...named].toSorted(([left], [right]) => compareCodePoints(left, right)).map(([, item]) => item);
}
