import { updateCatalog } from "./update-catalog.js";

/* The command: npm run catalog:update -- --litellm FILE|URL */

process.exitCode = await updateCatalog(process.argv.slice(2), (text) => process.stderr.write(text));
