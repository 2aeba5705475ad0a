import type { Issue, StandardLoggingPayload } from "@waybill/core";

import type { Lane, LaneContext } from "./lane.js";
import type { Item } from "./memory.js";
import { stripContent } from "./strip-content.js";
import type { Durability, Receipt } from "./types.js";

/** A payload that was let in, and what is missing in it. */
export type Admitted = { id: string; text: string; issues: Issue[] };

/** Records and bytes that go to the spool in one transaction. */
const GROUP_RECORDS = 512;
const GROUP_BYTES = 2 * 1024 * 1024;

/** From here on, records lose their content. */
const HIGH_PRESSURE = 0.7;

/** A record on its way in. */
type Arrival = { item: Item; issues: Issue[]; resolve: (receipt: Receipt) => void };

/** Finds each record its place: in the spool, in memory, or nowhere. */
export class Intake {
  readonly #lanes: readonly Lane[];
  readonly #context: LaneContext;
  readonly #durability: Durability;
  #group: Arrival[] = [];
  #groupBytes = 0;
  #cancelGroup: (() => void) | undefined;
  readonly #blocked = new Set<{ item: Item; admit: () => void }>();

  constructor(lanes: readonly Lane[], context: LaneContext, durability: Durability) {
    this.#lanes = lanes;
    this.#context = context;
    this.#durability = durability;
  }

  /** Takes a record in. The promise resolves when it is as safe as was asked for. */
  take({ id, text, issues }: Admitted): Promise<Receipt> {
    const { spool, clock, emit } = this.#context;
    const canSpool = spool?.isUsable === true;
    if (issues.length > 0) emit({ type: "degraded", id, issues });
    for (const { stock } of this.#lanes) {
      stock.counters.accepted++;
      if (issues.length > 0) stock.counters.degraded++;
    }
    const item: Item = { id, text, since: clock.monotonic() };
    return new Promise((resolve) => {
      const arrival = { item, issues, resolve };
      if (canSpool && (this.#durability !== "memory" || !this.#hasRoom(item))) this.#join(arrival);
      else this.#remember(arrival, "memory-full");
    });
  }

  /** Puts the records that wait for others into the spool now. */
  commit(): void {
    this.#cancelGroup?.();
    this.#cancelGroup = undefined;
    const group = this.#group;
    const bytes = this.#groupBytes;
    this.#group = [];
    this.#groupBytes = 0;
    for (const { stock } of this.#lanes) stock.counters.buffered -= group.length;
    // Who has room sends them from memory; the others read them back when their turn comes.
    const held = this.#lanes.filter(
      ({ isShut, stock }) => !isShut && stock.memory.hasRoom(bytes, group.length),
    );
    if (group.length > 0) this.#store(group, held);
    for (const lane of this.#lanes) lane.wake();
  }

  /** Lets in whoever waits for room, as far as it goes. */
  unblock(): void {
    for (const { item, admit } of this.#blocked) {
      if (!this.#hasRoom(item)) return;
      admit();
    }
  }

  /** Nobody waits for room any more: who has none gives up. */
  end(): void {
    this.commit();
    for (const { admit } of this.#blocked) admit();
  }

  #hasRoom({ text }: Item): boolean {
    return this.#lanes.every(({ stock }) => stock.memory.hasRoom(text.length));
  }

  /** Waits a moment for others, so that one transaction takes them all. */
  #join(arrival: Arrival): void {
    const light =
      this.#context.spool && this.#context.spool.pressure > HIGH_PRESSURE ? lightened(arrival) : arrival;
    if (light !== arrival)
      this.#degraded(light.item.id, light.issues, this.#lanes, arrival.issues.length === 0);
    this.#group.push(light);
    this.#groupBytes += light.item.text.length;
    for (const { stock } of this.#lanes) stock.counters.buffered++;
    if (this.#group.length >= GROUP_RECORDS || this.#groupBytes >= GROUP_BYTES) this.commit();
    else this.#cancelGroup ??= this.#context.clock.after(0, () => this.commit(), true);
  }

  #store(group: readonly Arrival[], held: readonly Lane[]): void {
    const { spool } = this.#context;
    if (!spool) return;
    const sinks = this.#lanes.map(({ name }) => name);
    const records = group.map(({ item: { id, text } }) => ({ id, text, sinks }));
    const heldNames = held.map(({ name }) => name);
    const { keys, failure } = spool.append(records, heldNames);
    const stored = group.filter((_, at) => keys[at] !== undefined);
    group.forEach((arrival, at) => {
      if (keys[at] === undefined) this.#remember(arrival, failure);
      else for (const { stock } of held) stock.push({ item: arrival.item, key: keys[at] });
    });
    for (const { stock } of this.#lanes.filter((lane) => !held.includes(lane))) {
      stock.counters.spooled += stored.length;
      stock.mayBeSpooled = true;
    }
    const kept = (durability: Durability): void => {
      for (const { issues, resolve } of stored) resolve(receiptOf("durable", durability, issues));
    };
    if (this.#durability === "durable")
      void spool.sync().then((isSafe) => kept(isSafe ? "durable" : "flushed"));
    else kept("flushed");
  }

  /** Keeps a record in memory if there is room, or soon will be. */
  #remember(arrival: Arrival, failure: string): void {
    const { limits, clock } = this.#context;
    const { item } = arrival;
    const mayWait = limits.maxBlockMs > 0 && this.#blocked.size < limits.memoryRecords;
    if (!mayWait || this.#hasRoom(item)) {
      this.#hold(arrival, failure);
      return;
    }
    for (const { stock } of this.#lanes) stock.counters.buffered++;
    const admit = (): void => {
      cancel();
      this.#blocked.delete(blocked);
      for (const { stock } of this.#lanes) stock.counters.buffered--;
      this.#hold(arrival, failure);
    };
    const blocked = { item, admit };
    const cancel = clock.after(limits.maxBlockMs, admit, true);
    this.#blocked.add(blocked);
  }

  /** Each exporter has room of its own: one that is down loses the record, and the others do not. */
  #hold(arrival: Arrival, failure: string): void {
    const { item, issues, resolve } = arrival;
    const full = this.#lanes.filter(({ stock }) => !stock.memory.hasRoom(item.text.length));
    const open = this.#lanes.filter((lane) => !full.includes(lane));
    const pressed = open.filter(({ stock }) => stock.memory.pressure > HIGH_PRESSURE);
    const light = pressed.length > 0 ? lightened(arrival) : arrival;
    for (const lane of open)
      lane.stock.push({ item: (pressed.includes(lane) ? light : arrival).item, key: undefined });
    for (const { stock } of full) stock.drop(item, failure);
    if (light !== arrival) this.#degraded(item.id, light.issues, pressed, issues.length === 0);
    for (const lane of open) lane.wake();
    const message = `there is no room for the record of ${full.map(({ name }) => name).join(", ")}: it is dropped, and counted`;
    const all = full.length > 0 ? [...light.issues, { path: "", code: failure, message }] : light.issues;
    if (full.length > 0 && open.length === 0) resolve({ status: "dropped", durability: null, issues: all });
    else resolve(receiptOf("buffered", "memory", all));
  }

  /** Counts a record as degraded for some exporters, unless it was already. */
  #degraded(id: string, issues: Issue[], lanes: readonly Lane[], isNews: boolean): void {
    this.#context.emit({ type: "degraded", id, issues });
    if (isNews) for (const { stock } of lanes) stock.counters.degraded++;
  }
}

/** A record without its content, for when there is little room. */
function lightened({ item, issues, resolve }: Arrival): Arrival {
  const text = JSON.stringify(stripContent(JSON.parse(item.text) as StandardLoggingPayload));
  const issue = { path: "", code: "content", message: "there is little room: the content is left out" };
  return { item: { ...item, text }, issues: [...issues, issue], resolve };
}

function receiptOf(status: "durable" | "buffered", durability: Durability, issues: Issue[]): Receipt {
  return issues.length > 0 ? { status: "degraded", durability, issues } : { status, durability };
}
