/** A path for the engine's file readers, which would take `[`, `*` and `?` in a file name for a pattern. */
export function globLiteral(path: string): string {
  return path.replace(/[[*?]/g, '[$&]')
}
