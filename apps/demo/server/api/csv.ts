/** What a spreadsheet takes for a formula, also behind blanks. */
const formula = /^[\s]*[=+\-@]|^[\t\r\n]/;

/** A text as a cell. What a spreadsheet would run is made text by a quote mark in front. */
export function textCell(text: string | null): string {
  if (text === null) return "";
  return quotedCell(formula.test(text) ? `'${text}` : text);
}

/** A number or an amount as a cell: nothing else can stand there, so that it needs no guard. */
export function numberCell(value: number | string | null): string {
  return value === null ? "" : String(value);
}

function quotedCell(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
