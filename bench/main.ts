/* npm run bench -- NAME */

const benches: Record<string, () => Promise<{ run: () => void | Promise<void> }>> = {
  cost: () => import("./cost.js"),
  export: () => import("./export.js"),
  ledger: () => import("./ledger.js"),
  gateway: () => import("./gateway.js"),
  quirks: () => import("./quirks.js"),
  recordings: () => import("./recordings.js"),
  redaction: () => import("./redaction.js"),
  stream: () => import("./stream.js"),
  validate: () => import("./validate.js"),
};

const [name = ""] = process.argv.slice(2);
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (load) {
  const { run } = await load();
  await run();
} else {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join(" | ")}\n`);
  process.exitCode = 2;
}
