/** Printable ASCII without the quote and the backslash: nothing to escape. */
const plain = /^[ !#-[\]-~]*$/;

/**
 * A string as Python's json module writes it. With `ascii`, which is its default, everything outside of printable ASCII
 * is an escape in lower-case hex; without, only what JSON demands.
 */
export function pythonString(value: string, ascii = true): string {
  if (plain.test(value)) return `"${value}"`;
  const quoted = JSON.stringify(value);
  return ascii ? quoted.replaceAll(/[\u007f-\uffff]/g, escapeUnit) : quoted;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
