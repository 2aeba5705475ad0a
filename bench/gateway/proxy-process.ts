import { proxies } from "./proxies.js";

/* One proxy: `proxy-process.ts NAME UPSTREAM`. Sends its port. */

const [name = "", upstream = ""] = process.argv.slice(2);
const start = proxies[name];
if (!start) throw new Error(`there is no proxy ${name}`);
process.on("disconnect", () => process.exit());
process.on("message", (message) => {
  if (message !== "gc") return;
  global.gc?.();
  process.send?.("collected");
});
process.send?.(await start(upstream));
