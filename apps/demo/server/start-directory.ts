/** Where the user stood when npm was asked to run the demo; npm itself runs it at the root. */
export function startDirectory(): string {
  const { npm_lifecycle_event: script, INIT_CWD: start } = process.env;
  return script === "demo" && start ? start : process.cwd();
}
