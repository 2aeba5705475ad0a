/**
 * Recordings have ids and times that stand still. An answer that is given many times gets new ones for each call: a
 * ledger takes two answers of one id for one. Only members are met, never text that looks like them, in which quotes are
 * escaped.
 */
export function freshener(callId: string, createdMs: number): (text: string) => string {
  const created = Math.floor(createdMs / 1000);
  return (text) =>
    text
      .replace(/"id":"rec-[0-9a-f]{12}"/g, `"id":"chatcmpl-${callId}"`)
      .replace(/"((?:item_)?id)":"(resp|msg|fc|rs)_0[0-9]{20,60}"/g, `"$1":"$2_${callId}"`)
      .replace(/"(created|created_at)":[0-9]{1,12}(?=[,}])/g, `"$1":${created}`);
}

/** Takes the usage out of the events of a chat stream whose caller did not ask for it, as OpenAI does. */
export function withoutUsage(event: string): string {
  const data = /^data: (\{.*\})\s*$/s.exec(event)?.[1];
  if (data === undefined) return event;
  const { usage, ...chunk } = JSON.parse(data) as { usage?: unknown; choices?: unknown };
  if (usage === undefined) return event;
  const isUsageAlone = usage !== null && Array.isArray(chunk.choices) && chunk.choices.length === 0;
  return isUsageAlone ? "" : `data: ${JSON.stringify(chunk)}\n\n`;
}
