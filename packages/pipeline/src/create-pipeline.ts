import { WaybillError, type Issue, type StandardLoggingPayload } from "@waybill/core";

import { admit, idOf } from "./admission.js";
import { systemClock } from "./clock.js";
import { Events, tell } from "./events.js";
import { Intake } from "./intake.js";
import { Lane, type LaneContext } from "./lane.js";
import { checkedLimits, checkExporters, type PipelineOptions } from "./options.js";
import { SpoolLink } from "./spool-link.js";
import type { FlushReport, Health, PipelineEvent, Receipt, Stats } from "./types.js";

/** How one record is handed in. */
export type AcceptOptions = {
  /** Called with a promise that ends when the record was tried: the `ctx.waitUntil` of an edge platform. */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
};

/** Delivers records. */
export type Pipeline = {
  /**
   * Takes a record in, in time that does not depend on what waits, and never rejects. The payload is copied: the caller may
   * go on changing it.
   */
  accept(payload: StandardLoggingPayload, options?: AcceptOptions): Promise<Receipt>;
  /** Sends what can be sent now. What has to wait, because a server is down, it does not wait for. */
  flush(): Promise<FlushReport>;
  /**
   * Takes nothing more, sends what is there, and puts the rest into the spool; without one the rest is dropped, and counted.
   * With a spool it does not wait for a server that is down. The spool stays open: close it afterwards.
   */
  close(options?: { deadlineMs?: number }): Promise<FlushReport>;
  /** The counts of each exporter, by name. */
  stats(): Stats;
  health(): Health;
};

/**
 * Makes a pipeline that delivers every record to every exporter, or counts it.
 * @throws WaybillError `bad-option`
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  return new DeliveryPipeline(options);
}

class DeliveryPipeline implements Pipeline {
  readonly #context: LaneContext;
  readonly #lanes: readonly Lane[];
  readonly #intake: Intake;
  readonly #isStrict: boolean;
  readonly #newId: () => string;
  #refused = 0;
  #isClosing = false;
  #closing: Promise<FlushReport> | undefined;

  constructor(options: PipelineOptions) {
    const { exporters, spool, strict = false, clock = systemClock, random = Math.random } = options;
    const { newId = () => crypto.randomUUID(), durability = spool ? "flushed" : "memory" } = options;
    checkExporters(exporters);
    if (!["durable", "flushed", "memory"].includes(durability))
      throw new WaybillError(
        "bad-option",
        `durability is durable, flushed or memory, not ${durability as string}`,
      );
    if (durability !== "memory" && !spool)
      throw new WaybillError(
        "bad-option",
        `durability ${durability} needs a spool: open one of @waybill/spool`,
      );
    const limits = checkedLimits(options.limits);
    const events = new Events(options.onEvent);
    const emit = (event: PipelineEvent): void => events.emit(event);
    const link = spool && new SpoolLink(spool, newId(), clock, emit);
    this.#context = { limits, spool: link, clock, random, emit, onRoom: () => this.#intake?.unblock() };
    this.#lanes = exporters.map((exporter) => new Lane(exporter, this.#context));
    this.#intake = new Intake(this.#lanes, this.#context, durability);
    this.#isStrict = strict;
    this.#newId = newId;
    for (const lane of this.#lanes) lane.start();
  }

  accept(payload: StandardLoggingPayload, options?: AcceptOptions): Promise<Receipt> {
    const receipt = this.#accept(payload);
    const waitUntil = options?.waitUntil;
    if (waitUntil)
      tell(
        waitUntil,
        receipt.then(() => this.flush()),
      );
    return receipt;
  }

  async flush(): Promise<FlushReport> {
    this.#intake.commit();
    await Promise.all(this.#lanes.map((lane) => lane.flush()));
    return this.#report();
  }

  close({ deadlineMs = 5000 }: { deadlineMs?: number } = {}): Promise<FlushReport> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  stats(): Stats {
    return Object.fromEntries(this.#lanes.map((lane) => [lane.name, lane.stats()]));
  }

  health(): Health {
    const { limits, spool } = this.#context;
    const memories = this.#lanes.map(({ stock }) => stock.memory);
    return {
      memory: {
        records: Math.max(0, ...memories.map(({ records }) => records)),
        bytes: Math.max(0, ...memories.map(({ bytes }) => bytes)),
        limitRecords: limits.memoryRecords,
        limitBytes: limits.memoryBytes,
      },
      spool: spool ? { ...spool.usage(), state: spool.state } : null,
      refused: this.#refused,
    };
  }

  #accept(value: unknown): Promise<Receipt> {
    const { limits } = this.#context;
    if (this.#isClosing) {
      const issue = { path: "", code: "closed", message: "the pipeline is closed and takes nothing more" };
      return Promise.resolve(this.#refuse(value, [issue], "dropped"));
    }
    const options = { strict: this.#isStrict, recordBytes: limits.recordBytes, newId: this.#newId };
    const admission = admit(value, options);
    if (!admission.ok) return Promise.resolve(this.#refuse(value, admission.issues, "refused"));
    return this.#intake.take(admission);
  }

  #refuse(value: unknown, issues: Issue[], status: "refused" | "dropped"): Receipt {
    this.#refused++;
    this.#context.emit({ type: "refused", id: idOf(value) ?? "", issues });
    return { status, durability: null, issues };
  }

  async #close(deadlineMs: number): Promise<FlushReport> {
    const { clock, spool } = this.#context;
    this.#isClosing = true;
    let cancel = (): void => {};
    const deadline = new Promise<void>((resolve) => {
      cancel = clock.after(deadlineMs, resolve, true);
    });
    this.#intake.end();
    await Promise.race([Promise.all(this.#lanes.map((lane) => lane.close())), deadline]);
    for (const lane of this.#lanes) lane.end();
    // A disk that does not answer has no more time than the exporters.
    if (spool) await Promise.race([spool.end(), deadline]);
    cancel();
    return this.#report();
  }

  #report(): FlushReport {
    const report: FlushReport = { sent: 0, rejected: 0, spooled: 0, buffered: 0, dead: 0, dropped: 0 };
    for (const stats of Object.values(this.stats())) {
      for (const name of Object.keys(report) as (keyof FlushReport)[]) report[name] += stats[name];
      report.buffered += stats.inFlight;
    }
    return report;
  }
}
