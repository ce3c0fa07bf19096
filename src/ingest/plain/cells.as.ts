//part of csvKernel.as.ts
/** Where the cells of a block of rows are, and what stands for a missing one. */

let positions: usize = 0
let stride: usize = 0
let columnCount: i32 = 0
/** 1 where lines end in a carriage return and a feed. */
let ending: usize = 0
let codes: usize = 0
let codeCount: i32 = 0
let absent: i32 = 0

/** Separators of a block, after the end of the line before it. */
export function setCells(at: usize, columns: i32, lineEnding: usize): void {
  positions = at
  columnCount = columns
  stride = <usize>columns << 2
  ending = lineEnding
}

/** Texts for missing: pairs of address and length, those given by the user first. */
export function setCodes(at: usize, count: i32): void {
  codes = at
  codeCount = count
}

// @ts-ignore: decorator
@inline
export function cellStart(column: i32, row: i32): usize {
  return <usize>load<u32>(positions + <usize>row * stride + (<usize>column << 2)) + 1
}

// @ts-ignore: decorator
@inline
export function cellEnd(column: i32, row: i32): usize {
  return <usize>load<u32>(positions + <usize>row * stride + (<usize>column << 2), 4) - (column + 1 == columnCount ? ending : 0)
}

// @ts-ignore: decorator
@inline
export function notePresent(missing: i32): void {
  absent = missing
}

/** Missing cells of the column last read. */
export function absentCells(): i32 {
  return absent
}

let stop: usize = 0

/** Start of what a cell holds inside its quotes and spaces. */
export function trimmed(start: usize, end: usize): usize {
  if (end - start >= 2 && load<u8>(start) == 34) {
    start++
    end--
  }
  while (start < end && load<u8>(start) == 32) start++
  while (start < end && load<u8>(end - 1) == 32) end--
  stop = end
  return start
}

/** And its end. */
export function trimmedEnd(): usize {
  return stop
}

/** Whether a trimmed text is among the first `count` codes; all of them for −1. */
export function isCode(start: usize, end: usize, count: i32): bool {
  const length = <u32>(end - start)
  if (count < 0) count = codeCount
  for (let i = 0; i < count; i++) {
    const code = codes + (<usize>i << 3)
    if (load<u32>(code, 4) != length) continue
    const text = <usize>load<u32>(code)
    let same: u32 = 0
    while (same < length && load<u8>(text + same) == load<u8>(start + same)) same++
    if (same == length) return true
  }
  return false
}
