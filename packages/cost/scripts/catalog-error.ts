/** Something the caller of the command can put right; its message names the file and the cure. */
export class CatalogError extends Error {
  override readonly name = "CatalogError";
}
