/** A table as benchmarks print it: columns padded to their widest cell. */
export function printTable(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = columns.map((column, k) => Math.max(column.length, ...rows.map((row) => row[k]!.length)))
  const line = (cells: readonly string[]): string => cells.map((cell, k) => cell.padStart(widths[k]!)).join('  ')
  console.log([`\n${title}`, line(columns), ...rows.map(line)].join('\n'))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Milliseconds one call takes. */
export function milliseconds(action: () => unknown): number {
  const start = performance.now()
  action()
  return performance.now() - start
}
