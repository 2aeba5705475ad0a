/** How much one client may ask. */
export type RateLimits = {
  /** Requests within a span; 60 in 10 seconds by default. */
  requests?: number;
  spanMs?: number;
  /** Queries at a time; 4 by default. */
  concurrent?: number;
  /** Clients that are told apart; 10,000 by default. All others share one account. */
  maxClients?: number;
};

export type RateLimiter = {
  /** Counts a request, or says after how many milliseconds one may come. */
  take(client: string): { ok: true } | { ok: false; afterMs: number };
  /** Begins a query; the function ends it, and may be called more than once. Undefined when too many are under way. */
  enter(client: string): (() => void) | undefined;
  /** Clients that are remembered. */
  readonly size: number;
};

/** The moments of the last requests of a client, as a ring. */
type Client = { moments: Float64Array; next: number; last: number; under: number };

/** Whom nobody can be told apart from: strangers beyond the limit of clients. It is no address and no key. */
const OTHERS = "others";

/** Limits what each client asks, exactly: in no span are there more requests than allowed. `now` is a monotonic clock, in milliseconds. */
export function createRateLimiter(
  { requests = 60, spanMs = 10_000, concurrent = 4, maxClients = 10_000 }: RateLimits = {},
  now: () => number = () => performance.now(),
): RateLimiter {
  const clients = new Map<string, Client>();

  function clientOf(name: string): Client {
    const known = clients.get(name);
    if (known) {
      // The map is in the order of use, the oldest first.
      clients.delete(name);
      clients.set(name, known);
      return known;
    }
    if (clients.size >= maxClients) forgetIdle();
    const own = clients.size >= maxClients ? OTHERS : name;
    const client = clients.get(own) ?? {
      moments: new Float64Array(requests).fill(Number.NEGATIVE_INFINITY),
      next: 0,
      last: Number.NEGATIVE_INFINITY,
      under: 0,
    };
    clients.set(own, client);
    return client;
  }

  /** A client that is forgotten begins anew, so only those go that could ask for everything anyway. */
  function forgetIdle(): void {
    for (const [name, { last, under }] of clients) {
      if (now() - last < spanMs) return;
      if (under === 0) clients.delete(name);
    }
  }

  return {
    take(name) {
      const client = clientOf(name);
      const moment = now();
      // The oldest of the last so many: when it is long ago, there is room for one more.
      const oldest = client.moments[client.next] ?? Number.NEGATIVE_INFINITY;
      client.last = moment;
      if (moment - oldest < spanMs) return { ok: false, afterMs: oldest + spanMs - moment };
      client.moments[client.next] = moment;
      client.next = (client.next + 1) % requests;
      return { ok: true };
    },
    enter(name) {
      const client = clientOf(name);
      if (client.under >= concurrent) return undefined;
      client.under++;
      client.last = now();
      let isOver = false;
      return () => {
        if (!isOver) client.under--;
        isOver = true;
      };
    },
    get size() {
      return clients.size;
    },
  };
}
