import { createPipeline, type Pipeline, type PipelineEvent, type PipelineOptions } from "../src/index.js";
import { FakeClock } from "./fake-clock.js";
import { FakeExporter } from "./fake-exporter.js";
import { MemorySpool } from "./memory-spool.js";

/** A pipeline with a clock, an exporter and a list of events that tests can see. */
export type Harness = {
  clock: FakeClock;
  exporter: FakeExporter;
  spool: MemorySpool;
  pipeline: Pipeline;
  events: PipelineEvent[];
};

/** Makes a pipeline; with `spool: true` one with a spool in memory. */
export function harness({
  spool: hasSpool = false,
  ...options
}: Omit<Partial<PipelineOptions>, "spool"> & { spool?: boolean | MemorySpool } = {}): Harness {
  const clock = (options.clock as FakeClock | undefined) ?? new FakeClock();
  const exporter = new FakeExporter();
  const spool = typeof hasSpool === "object" ? hasSpool : new MemorySpool(clock);
  const events: PipelineEvent[] = [];
  let ids = 0;
  const pipeline = createPipeline({
    exporters: [exporter],
    clock,
    random: () => 1,
    newId: () => `id-${ids++}`,
    onEvent: (event) => events.push(event),
    ...options,
    ...(hasSpool === false ? {} : { spool }),
  });
  return { clock, exporter, spool, pipeline, events };
}

/** Whether every record that was accepted is in exactly one count. */
export function imbalances(pipeline: Pipeline): string[] {
  return Object.entries(pipeline.stats()).flatMap(([name, stats]) => {
    const { accepted, sent, rejected, spooled, buffered, inFlight, dead, dropped } = stats;
    const sum = sent + rejected + spooled + buffered + inFlight + dead + dropped;
    const negative = [sent, rejected, spooled, buffered, inFlight, dead, dropped].some((count) => count < 0);
    return sum === accepted && !negative ? [] : [`${name}: ${JSON.stringify(stats)}`];
  });
}
