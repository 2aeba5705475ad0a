import { createServer } from "node:http";

import { sumExact } from "@waybill/cost";
import { startOpenAIStub } from "@waybill/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { freePort, Workplace, type Program } from "./gateway-program.js";

/* The server as `npm run demo` starts it: what its banner says, what it refuses, and what it survives. */

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.clear());

const quiet = async (): Promise<string[]> => [`--port=${await freePort()}`, "--no-traffic"];

type Row = {
  id: string;
  cost: string | null;
  status: string;
  tags: string[];
  delivery: Record<string, string>;
};

async function rows({ address }: Program, query = ""): Promise<Row[]> {
  const answer = await fetch(`${address}/api/calls?range=24h&limit=200${query}`);
  return ((await answer.json()) as { items: Row[] }).items;
}

/** Makes a call as the banner has it, and returns its id and its answer. */
async function ask(program: Program, more: object = {}, headers: Record<string, string> = {}) {
  const [, body = ""] = /-d '(\{.*\})'/.exec(program.output()) ?? [];
  const response = await fetch(`${program.address}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ ...(JSON.parse(body) as object), ...more }),
  });
  return { id: response.headers.get("x-waybill-id") ?? "", response, text: await response.text() };
}

describe("the server", () => {
  it("answers what its banner says, puts it into the ledger and delivers it, and says so at its end", async () => {
    const program = await place.start(await quiet());
    expect(program.output()).toContain("48 bundled recordings");
    const { id, response, text } = await ask(program);
    expect(response.status).toBe(200);
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    await expect
      .poll(() => rows(program), { timeout: 10_000 })
      .toMatchObject([
        { id, status: "complete", tags: ["demo"], delivery: { langfuse: "delivered", otlp: "delivered" } },
      ]);
    const waybill = (await (await fetch(`${program.address}/v1/waybills/${id}`)).json()) as {
      cost: { exact: string };
    };
    expect((await rows(program))[0]?.cost).toBe(waybill.cost.exact);
    expect(await (await fetch(`${program.address}/`)).text()).toContain("<title>");
    expect(await program.end("SIGTERM")).toBe(0);
    expect(program.output()).toMatch(/3 accepted, 3 sent, 0 spooled, 0 lost\n$/);
  });

  it("makes traffic of its own, with keys of its own, and its sums add up", async () => {
    const program = await place.start([`--port=${await freePort()}`, "--rate=300", "--seed=7"]);
    await expect.poll(async () => (await rows(program)).length, { timeout: 20_000 }).toBeGreaterThan(25);
    // No more of them while they are added up.
    expect(await program.end("SIGTERM")).toBe(0);
    const again = await place.start(await quiet());
    const all = await rows(again);
    const totals = (await (await fetch(`${again.address}/api/totals?range=24h`)).json()) as {
      calls: number;
      spend: string;
    };
    expect(totals.calls).toBe(all.length);
    expect(totals.spend).toBe(sumExact(all.flatMap(({ cost }) => cost ?? [])));
    expect(all.every(({ tags }) => tags.includes("demo"))).toBe(true);
  });

  it("keeps what was accepted when it is killed, and goes on from there", async () => {
    const first = await place.start(await quiet());
    const made = await Promise.all(Array.from({ length: 12 }, () => ask(first, { stream: false })));
    const ids = made.map(({ id }) => id);
    await expect.poll(async () => (await rows(first)).length, { timeout: 10_000 }).toBe(12);
    await first.end("SIGKILL");
    const second = await place.start(await quiet());
    expect((await rows(second)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(second.output()).toContain("12 calls");
  });

  it("lets streams come to their end before it ends", async () => {
    const program = await place.start(await quiet());
    const asking = ask(program);
    await expect
      .poll(async () => (await (await fetch(`${program.address}/readyz`)).json()) as object, {
        timeout: 5000,
      })
      .toMatchObject({ status: "ready" });
    const ending = program.end("SIGTERM");
    const { text, response } = await asking;
    expect(response.status === 503 || text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(await ending).toBe(0);
  });
});

describe("a budget", () => {
  it("ends in a 429 that says which, and that clients do not retry", async () => {
    const program = await place.start(await quiet());
    const made = (await (
      await fetch(`${program.address}/api/keys`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-waybill-csrf": "1" },
        body: JSON.stringify({ name: "poor", budget: { limit: "0.001", window: "day" } }),
      })
    ).json()) as { key: string };
    const authorization = `Bearer ${made.key}`;
    const first = await ask(program, { max_tokens: 60 }, { authorization });
    expect([first.response.status, first.response.headers.get("x-waybill-budget-remaining")]).toEqual([
      200,
      expect.stringMatching(/^0\.000/),
    ]);
    const second = await ask(program, { max_tokens: 4000 }, { authorization });
    expect(second.response.status).toBe(429);
    expect(second.response.headers.get("x-should-retry")).toBe("false");
    expect(JSON.parse(second.text)).toMatchObject({
      error: {
        type: "insufficient_quota",
        code: "budget_exceeded",
        message: expect.stringMatching(/^Waybill: .*"poor".*0\.001 USD a day/) as string,
      },
    });
    await expect
      .poll(() => rows(program, "&status=failure"), { timeout: 10_000 })
      .toMatchObject([{ id: second.id }]);
  });
});

describe("a real upstream", () => {
  it("is asked with the key of the environment, and without traffic", async () => {
    const stub = await startOpenAIStub({ apiKey: "sk-right" });
    try {
      const program = await place.start([`--port=${await freePort()}`, `--upstream=${stub.baseUrl}`], {
        OPENAI_API_KEY: "sk-right",
      });
      expect(program.output()).toContain("the ledger alone");
      const { response } = await ask(
        program,
        { model: "gpt-4o" },
        { authorization: "Bearer of-the-caller", cookie: "a=b" },
      );
      expect(response.status).toBe(200);
      expect(stub.requests[0]?.headers).toMatchObject({ authorization: "Bearer sk-right" });
      expect(stub.requests[0]?.headers["cookie"]).toBeUndefined();
      await expect.poll(() => rows(program), { timeout: 10_000 }).toMatchObject([{ status: "complete" }]);
    } finally {
      await stub.close();
    }
  });

  it("that is down is a 502 with the cause, and a failure on record", async () => {
    const program = await place.start([
      ...(await quiet()).slice(0, 1),
      `--upstream=http://127.0.0.1:${await freePort()}/v1`,
    ]);
    const { response, text, id } = await ask(program);
    expect([response.status, JSON.parse(text)]).toMatchObject([
      502,
      { error: { code: "upstream_unreachable", message: expect.stringContaining("ECONNREFUSED") as string } },
    ]);
    await expect.poll(() => rows(program), { timeout: 10_000 }).toMatchObject([{ id, status: "failure" }]);
  });

  it("is not switched on by a key alone, which the banner says", async () => {
    const program = await place.start(await quiet(), { OPENAI_API_KEY: "sk-seen" });
    expect(program.output()).toContain("OPENAI_API_KEY is set and is not used");
    expect(program.output()).toContain("48 bundled recordings");
    expect(program.output()).not.toContain("sk-seen");
  });
});

describe("what cannot be", () => {
  it("is a second process on a ledger, which is told who has it", async () => {
    const first = await place.start(await quiet());
    const second = place.run(await quiet());
    expect(await second.ended).toBe(1);
    expect(second.errors()).toContain(String(first.child.pid));
    expect(second.errors()).toContain("--ledger");
    expect((await ask(first)).response.status).toBe(200);
  });

  it("is a port that is taken and was chosen", async () => {
    const taken = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    try {
      const refused = place.run([`--port=${port}`, "--no-traffic"]);
      expect(await refused.ended).toBe(1);
      expect(refused.errors()).toContain(`the port ${port} is taken`);
    } finally {
      taken.close();
    }
  });

  it.each([
    ["another address without a token", ["--host=0.0.0.0"], /WAYBILL_ADMIN_TOKEN/],
    ["an option that there is not", ["--prot=1"], /--port/],
    ["a report with a port", ["--once", "--port=1"], /report/],
  ])("is %s", async (_, args, message) => {
    const refused = place.run(args);
    expect(await refused.ended).toBe(2);
    expect(refused.errors()).toMatch(message);
  });

  it("is a page of another name (rebinding), and a write without the page's header", async () => {
    const { address } = await place.start(await quiet());
    const { port } = new URL(address);
    const statuses = await Promise.all([
      statusOf(`${address}/api/calls`, { host: `evil.example:${port}` }),
      statusOf(`${address}/api/calls`, { origin: "http://evil.example" }),
      statusOf(`${address}/api/keys`, {}, "POST"),
    ]);
    expect(statuses).toEqual([403, 403, 403]);
  });
});

/** By hand: `fetch` does not let its caller name a host. */
async function statusOf(url: string, headers: Record<string, string>, method = "GET"): Promise<number> {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end();
  });
}
