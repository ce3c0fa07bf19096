/** A numeric column of a Stata file: integers, doubles, dates, or the texts of its value labels. */
import { DateDay, Float64, Int32 } from 'apache-arrow'
import { numberCells } from './cells.js'
import { dictionaryData, fixedData, rowValidity, type ColumnData, type StataColumnReader } from './columnData.js'
import { missingCode, otherMissing } from './missing.js'
import type { StataStorage, StataValueLabel, StataVariable } from './records.js'
import { daysTo1970, firstDay, lastDay, timeFormat, type TimeFormat } from './times.js'

/** `labels` are given where labelled values are to become text. */
export function numberColumn(
  variable: StataVariable, rows: number, littleEndian: boolean, labels: readonly StataValueLabel[] | undefined,
): StataColumnReader {
  const { name, storage, width, at, format } = variable
  const cells = numberCells(storage as Exclude<StataStorage, 'str' | 'strL'>, littleEndian)
  const values = width < 4 || storage === 'long' ? new Int32Array(rows) : new Float64Array(rows)
  const missing = new Int32Array(otherMissing + 1)
  const validity = rowValidity(rows)
  return {
    append(view, first, count, rowWidth) {
      for (let row = first, cell = at; row < first + count; row++, cell += rowWidth) {
        const code = cells.missing(view, cell)
        if (code < 0) {
          values[row] = cells.value(view, cell)
          validity.set(row)
        } else missing[code]!++
      }
    },
    finish(index) {
      const time = timeFormat(format)
      const { isSet } = validity
      const asText = labels !== undefined && time === undefined
      const made = asText ? labelled(name, values, isSet, labels, index) : timed(name, values, isSet, time)
      const counted = Array.from(missing, (count, code) => [missingCode(code)!, count] as const).filter(([, count]) => count > 0)
      return { ...made, ...validity.finish(), missing: Object.fromEntries(counted), unit: made.date ? undefined : time?.unit }
    },
  }
}

type Values = Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>
type Made = Pick<ColumnData, 'type' | 'buffers' | 'notes'> & { readonly date?: boolean }

/** Dates where all values are whole days of the calendar; counts of periods are integers where they are whole. */
function timed(name: string, values: Values, isSet: (row: number) => boolean, time: TimeFormat | undefined): Made {
  if (time?.perDay !== undefined) {
    const days = wholeDays(values, isSet, time.perDay)
    if (days !== undefined) return { ...fixedData(new DateDay(), days), date: true, notes: [] }
    return { ...plain(values), notes: [`Column \`${name}\` has times that are no whole days: it stays a number, ${time.unit}.`] }
  }
  if (time !== undefined && values instanceof Float64Array && values.every((value) => value === (value | 0))) {
    return { ...fixedData(new Int32(), Int32Array.from(values)), notes: [] }
  }
  return { ...plain(values), notes: [] }
}

function plain(values: Values): Pick<Made, 'type' | 'buffers'> {
  return fixedData(values instanceof Int32Array ? new Int32() : new Float64(), values)
}

function wholeDays(values: Values, isSet: (row: number) => boolean, perDay: number): Int32Array | undefined {
  const days = new Int32Array(values.length)
  for (let row = 0; row < values.length; row++) {
    if (!isSet(row)) continue
    const day = values[row]! / perDay
    if (!Number.isInteger(day) || day < firstDay || day > lastDay) return undefined
    days[row] = day - daysTo1970
  }
  return days
}

/** Text where every value that occurs has a label of its own; numbers otherwise. */
function labelled(
  name: string, values: Values, isSet: (row: number) => boolean, labels: readonly StataValueLabel[], index: number,
): Made {
  const labelOf = new Map(labels.flatMap(({ value, label }) => (typeof value === 'number' ? [[value, label] as const] : [])))
  const codeOf = new Map<number, number>()
  const codes = new Int32Array(values.length)
  for (let row = 0; row < values.length; row++) {
    if (!isSet(row)) continue
    const value = values[row]!
    const code = codeOf.get(value) ?? codeOf.size
    if (code === codeOf.size) {
      if (!labelOf.has(value)) return { ...plain(values), notes: [`Column \`${name}\` stays a number: its value ${value} has no label.`] }
      codeOf.set(value, code)
    }
    codes[row] = code
  }
  const texts = [...codeOf.keys()].map((value) => labelOf.get(value)!)
  const twin = texts.find((text, position) => texts.indexOf(text) !== position)
  if (twin === undefined) return { ...dictionaryData(codes, texts, index), notes: [] }
  return { ...plain(values), notes: [`Column \`${name}\` stays a number: two of its values have the label \`${twin}\`.`] }
}
