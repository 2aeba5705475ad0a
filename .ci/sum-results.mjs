import { existsSync, readdirSync, readFileSync } from "node:fs";

/* Adds up the results that vitest wrote in each workspace and prints them as the last line. */

const workspaces = [
  "tests",
  ...["packages", "apps"].flatMap((home) => readdirSync(home).map((name) => `${home}/${name}`)),
];
let passed = 0;
let failed = 0;
let skipped = 0;

for (const workspace of workspaces) {
  const manifest = `${workspace}/package.json`;
  if (!existsSync(manifest) || !JSON.parse(readFileSync(manifest, "utf8")).scripts?.test) continue;
  const file = `${workspace}/test-results.json`;
  if (!existsSync(file)) {
    console.log(`${workspace}: no results, counted as one failure`);
    failed++;
    continue;
  }
  const results = JSON.parse(readFileSync(file, "utf8"));
  // A file that fails to load has no tests to count.
  const broken = results.testResults.filter(
    (each) => each.status === "failed" && each.assertionResults.length === 0,
  );
  console.log(
    `${workspace}: ${results.numPassedTests} passed, ${results.numFailedTests + broken.length} failed`,
  );
  passed += results.numPassedTests;
  failed += results.numFailedTests + broken.length;
  skipped += results.numPendingTests;
}

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
