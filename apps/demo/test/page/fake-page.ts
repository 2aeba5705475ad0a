import { pageHtml } from "../../server/page/page-html.js";

/** As much of an element as the page's script may use: no way leads from text to HTML. */
export class FakeElement {
  readonly name: string;
  readonly dataset: Record<string, string> = {};
  className = "";
  title = "";
  dir = "";
  href = "";
  dateTime = "";
  hidden = false;
  children: FakeElement[] = [];
  parent: FakeElement | null = null;
  #text = "";
  readonly #listeners: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get textContent(): string {
    return this.#text + this.children.map((child) => child.textContent).join("");
  }

  set textContent(text: string) {
    this.children = [];
    this.#text = text;
  }

  get firstElementChild(): FakeElement | null {
    return this.children[0] ?? null;
  }

  get lastElementChild(): FakeElement | null {
    return this.children.at(-1) ?? null;
  }

  get nextElementSibling(): FakeElement | null {
    const list = this.parent?.children ?? [];
    return list[list.indexOf(this) + 1] ?? null;
  }

  append(...children: FakeElement[]): void {
    for (const child of children) this.insertBefore(child, null);
  }

  insertBefore(child: FakeElement, next: FakeElement | null): void {
    child.remove();
    child.parent = this;
    this.children.splice(next ? this.children.indexOf(next) : this.children.length, 0, child);
  }

  replaceChildren(...children: FakeElement[]): void {
    this.textContent = "";
    this.append(...children);
  }

  remove(): void {
    if (this.parent) this.parent.children = this.parent.children.filter((child) => child !== this);
    this.parent = null;
  }

  setAttribute(): void {}

  addEventListener(_name: string, listener: () => void): void {
    this.#listeners.push(listener);
  }

  click(): void {
    for (const listener of this.#listeners) listener();
  }

  find(name: string): FakeElement | undefined {
    return this.all().find((element) => element.name === name);
  }

  all(): FakeElement[] {
    return this.children.flatMap((child) => [child, ...child.all()]);
  }
}

export class FakeSource {
  static readonly CLOSED = 2;
  readonly url: string;
  readyState = 1;
  onerror: (() => void) | undefined;
  readonly #listeners = new Map<string, (event: { data: string }) => void>();

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    this.#listeners.set(name, listener);
  }

  tell(name: string, data: object): void {
    this.#listeners.get(name)?.({ data: JSON.stringify(data) });
  }

  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
}

/** A browser that does only what the page's script asks of one, and when it is told to. */
export class FakePage {
  readonly globals: object;
  source: FakeSource | undefined;
  readonly #elements = new Map<string, FakeElement>();
  readonly #frames: (() => void)[] = [];
  readonly #timers: { ms: number; call: () => void }[] = [];

  constructor(answers: Record<string, object>) {
    for (const [, name = "", id = ""] of pageHtml.matchAll(/<(\w+)[^>]* id="([\w-]+)"/g))
      this.#elements.set(id, new FakeElement(name));
    const connected = (source: FakeSource): void => {
      this.source = source;
    };
    this.globals = {
      document: {
        hidden: false,
        getElementById: (id: string) => this.#elements.get(id) ?? null,
        createElement: (name: string) => new FakeElement(name),
        addEventListener: () => {},
      },
      location: { origin: "http://127.0.0.1:4400" },
      EventSource: class extends FakeSource {
        constructor(url: string) {
          super(url);
          connected(this);
        }
      },
      fetch: async (path: string) => {
        const answer = answers[path] ?? {};
        return { ok: !("error" in answer), status: 503, json: async () => structuredClone(answer) };
      },
      requestAnimationFrame: (call: () => void) => this.#frames.push(call),
      setTimeout: (call: () => void, ms: number) => this.#timers.push({ ms, call }),
      clearTimeout: () => {},
    };
  }

  element(id: string): FakeElement {
    const element = this.#elements.get(id);
    if (!element) throw new Error(`the page has no ${id}`);
    return element;
  }

  text(id: string): string {
    return this.element(id).textContent;
  }

  /** The names of all elements that were made. */
  names(): string[] {
    return [...this.#elements.values()].flatMap((element) => element.all().map(({ name }) => name));
  }

  frame(): void {
    for (const call of this.#frames.splice(0)) call();
  }

  /** Runs the timers that were set for so long. */
  timer(ms: number): void {
    for (const timer of this.#timers.splice(0)) if (timer.ms === ms) timer.call();
  }

  async settle(): Promise<void> {
    for (let turns = 0; turns < 5; turns++) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
