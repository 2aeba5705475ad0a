/** Text from outside without what a terminal would act on: control and formatting characters show as a mark. */
export function printable(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "\ufffd");
}
