import { spawn } from "node:child_process";

/** Opens a page in the browser of whoever sits there. Where there is none, nothing happens. */
export function openBrowser(url: string): void {
  const { platform } = process;
  const [command, ...args] =
    platform === "darwin" ? ["open"] : platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
  const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
