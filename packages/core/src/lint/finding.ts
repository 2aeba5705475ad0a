/** Something that a schema cannot say and a reader should know. */
export type Finding = {
  /** Stable word; `docs/lints.md` explains each. */
  code: string;
  /** error: data is lost or false. warning: probably a mistake. info: worth knowing. */
  severity: "error" | "warning" | "info";
  /** JSON Pointer of the member. */
  path: string;
  message: string;
};
