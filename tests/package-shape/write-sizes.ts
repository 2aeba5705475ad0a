import { writeFileSync } from "node:fs";

import { measureBundles, toTable } from "./bundle-sizes.js";

/* Writes docs/sizes.md: npm run sizes */

const text = `# Bundle sizes

What an application bundles for an import, in bytes: esbuild, minified, everything it needs included. Written by
\`npm run sizes\`; a test compares it with what is built.

${toTable(measureBundles())}
`;
writeFileSync(new URL("../../docs/sizes.md", import.meta.url), text);
process.stdout.write(text);
