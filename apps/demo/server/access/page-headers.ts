/** Nothing runs and nothing is loaded that is not of this server, and no text becomes HTML or a script. */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const everywhere = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Headers of every answer that a browser may show: pages, scripts, styles. Text of models never becomes code. */
export const pageHeaders: Readonly<Record<string, string>> = {
  ...everywhere,
  "content-security-policy": contentPolicy,
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

/** Headers of the page's API: nobody keeps its answers, and nobody takes them for a page. */
export const apiHeaders: Readonly<Record<string, string>> = {
  ...everywhere,
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

/** How long a file may be kept: those with a hash in their name for ever, pages not without asking. */
export function cacheControl(hasHashInName: boolean): string {
  return hasHashInName ? "public, max-age=31536000, immutable" : "no-cache";
}

/** A file to be kept and not shown. The name holds what no header and no file system could take amiss. */
export function download(name: string): Record<string, string> {
  const safe = name.replace(/[^\w.-]/g, "_").slice(0, 100);
  return { "content-disposition": `attachment; filename="${safe}"` };
}
