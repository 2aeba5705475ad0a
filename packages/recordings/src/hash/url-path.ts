/** The parts of a URL that a request hash looks at. */
export type UrlParts = {
  /** Host, port and user info, as written. */
  authority: string;
  /** The path, as written. */
  path: string;
};

/** Schemes whose last path segment may carry `;parameters`; text without a scheme may too. */
const schemesWithParameters = new Set(
  "ftp hdl prospero http https imap shttp rtsp rtspu sip sips mms sftp tel".split(" "),
);

/**
 * Splits a URL by the rules of Python's `urlparse`, which are not those of the web: nothing is decoded, encoded, resolved
 * or completed, and text that is no URL is a path.
 */
export function splitUrl(url: string): UrlParts {
  // Python drops these before it looks at the URL.
  let rest = withoutLeadingControls(url).replaceAll(/[\t\n\r]/g, "");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(rest)?.[1] ?? "";
  if (scheme !== "") rest = rest.slice(scheme.length + 1);
  let authority = "";
  if (rest.startsWith("//")) {
    const end = rest.slice(2).search(/[/?#]/);
    authority = end < 0 ? rest.slice(2) : rest.slice(2, end + 2);
    rest = end < 0 ? "" : rest.slice(end + 2);
  }
  rest = before(before(rest, "#"), "?");
  if (scheme === "" || schemesWithParameters.has(scheme.toLowerCase())) rest = withoutParameters(rest);
  return { authority, path: rest };
}

function withoutLeadingControls(url: string): string {
  let start = 0;
  while (url.charCodeAt(start) <= 0x20) start++;
  return url.slice(start);
}

function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : text.slice(0, at);
}

/** Only the last segment's parameters are cut off. */
function withoutParameters(path: string): string {
  const at = path.indexOf(";", path.lastIndexOf("/") + 1);
  return at < 0 ? path : path.slice(0, at);
}
