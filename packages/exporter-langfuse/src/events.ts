/** What an exporter tells beside the outcomes. */
export type LangfuseEvent =
  /** So many payloads were left out because their traces are not sampled. They count as accepted. */
  | { type: "sampled-out"; payloads: number }
  /**
   * The server refuses batches and wants OTLP; told once. `switched`: with `transport: "auto"` OTLP is used from now on, with
   * `"batch"` every payload is rejected as `server_requires_otlp`.
   */
  | { type: "server-requires-otlp"; switched: boolean; reason: string }
  /** So many spans were sent, not kept, and are not sent again. */
  | { type: "lost"; payloads: number; reason: string };

/** Hears of events. It cannot change what becomes of payloads, also not by throwing. */
export type OnEvent = (event: LangfuseEvent) => void;

/** Tells of an event. */
export function tell(onEvent: OnEvent | undefined, event: LangfuseEvent): void {
  try {
    onEvent?.(event);
  } catch {
    // It was told.
  }
}
