/** The data of one event, and where the event ends in the text. */
export type EventData = { data: string; end: number };

/**
 * The data of every event in the whole text of an event stream. At once, where `decodeSse` takes turns: a recording is to
 * be there when its caller sees the end.
 */
export function eventData(text: string): EventData[] {
  const events: EventData[] = [];
  let lines: string[] = [];
  for (const match of text.matchAll(/([^\r\n]*)(?:\r\n|\r|\n|$)/g)) {
    const [whole, line = ""] = match;
    const end = match.index + whole.length;
    const field = /^data(?:: ?|$)/.exec(line.charCodeAt(0) === 0xfeff ? line.slice(1) : line);
    if (field) lines.push(line.slice(field[0].length));
    // An event may end with the text, without its empty line.
    if ((line === "" || whole === line) && lines.length > 0) {
      events.push({ data: lines.join("\n"), end });
      lines = [];
    }
  }
  return events;
}
