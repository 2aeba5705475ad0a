import type { SpoolStore } from "@waybill/core";

import type { SpoolProblemCounts } from "./problems.js";

/** A spool in a folder. */
export type Spool = SpoolStore & {
  /** The folder, as an absolute path. */
  readonly dir: string;
  /** How often something went wrong and was got over, by kind. */
  problems(): SpoolProblemCounts;
};
