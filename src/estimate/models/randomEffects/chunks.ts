/** The fixed chunks of groups a likelihood is added up in: the same sums, in the same order, for any number of threads. */
export const chunks = 32

/** Groups [from, to) of a chunk. */
export function chunkRange(groups: number, chunk: number): { readonly from: number; readonly to: number } {
  return { from: Math.floor((chunk * groups) / chunks), to: Math.floor(((chunk + 1) * groups) / chunks) }
}
