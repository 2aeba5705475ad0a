import { Kept } from "./kept.js";
import type { Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";
import type { UsagePlaces } from "./usage-places.js";

/** What chunks say of the whole completion: its id, its model and the like. */
export class Head {
  readonly #context: StreamContext;
  readonly #places: UsagePlaces;
  readonly #keepsObfuscation: boolean;
  readonly #kept: Kept;
  #id: string | null = null;
  #created: number | null = null;
  #firstModel: string | null = null;
  #model: string | null = null;
  /** Of these, the last value counts. */
  readonly #latest: Record<"system_fingerprint" | "service_tier", string | null> = {
    system_fingerprint: null,
    service_tier: null,
  };

  constructor(context: StreamContext, places: UsagePlaces, keepsObfuscation: boolean) {
    this.#context = context;
    this.#places = places;
    this.#keepsObfuscation = keepsObfuscation;
    this.#kept = new Kept(context);
  }

  /** Whether a time has come, so that no later one matters. */
  get isDated(): boolean {
    return Boolean(this.#created);
  }

  add(chunk: Members): void {
    for (const name in chunk) {
      const value = chunk[name];
      if (value === null || value === undefined) continue;
      switch (name) {
        // What these say is read elsewhere.
        case "choices":
        case "object":
        case "usage":
        case "error":
          break;
        case "id":
          if (typeof value === "string") this.#addId(value);
          else this.#kept.add(name, value);
          break;
        case "created":
          if (typeof value === "number") this.#addCreated(value);
          else this.#kept.add(name, value);
          break;
        case "model":
          if (typeof value === "string") this.#addModel(value);
          else this.#kept.add(name, value);
          break;
        case "system_fingerprint":
        case "service_tier":
          if (value === this.#latest[name]) break;
          if (typeof value !== "string") this.#kept.add(name, value);
          else this.#latest[name] = value;
          this.#context.revision++;
          break;
        case "obfuscation":
          if (this.#keepsObfuscation) this.#kept.add(name, value);
          break;
        case "x_groq":
        case "timings":
          this.#places.add(name, value);
          this.#kept.add(name, value);
          break;
        default:
          this.#kept.add(name, value);
      }
    }
  }

  /** Notes what is known only when the stream is over. */
  noteEnd(): void {
    if (this.#id === null) this.#context.note("H4", "no chunk has an id");
  }

  /** The members of the completion in front of its choices, and those behind them. */
  result(): { front: { id: string | null; created: number | null; model: string | null }; back: Members } {
    const isRouted = this.#firstModel !== this.#model;
    return {
      front: { id: this.#id, created: this.#created, model: this.#model },
      back: {
        ...this.#latest,
        ...(isRouted ? { model_first: this.#firstModel } : {}),
        ...this.#kept.result(),
      },
    };
  }

  #addId(id: string): void {
    if (id === this.#id || id === "") return;
    if (this.#id === null) this.#id = id;
    else this.#context.note("H4", `the id is ${id}, and was ${this.#id}; the first is kept`);
    this.#context.revision++;
  }

  #addCreated(created: number): void {
    // Recordings have 0; it is kept when nothing better comes.
    if (this.#created || !(created >= 0) || created === this.#created || !Number.isFinite(created)) return;
    this.#created = created;
    this.#context.revision++;
  }

  #addModel(model: string): void {
    if (model === this.#model || model === "") return;
    if (this.#model === null) this.#firstModel = model;
    else this.#context.note("H6", `the model is ${model}, and was ${this.#model}; the last is kept`);
    this.#model = model;
    this.#context.revision++;
  }
}
