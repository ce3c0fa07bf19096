/** A design on some of its rows: for groups without variation and separated rows, which leave after binding. */
import type { AbsorbedEffect, Design, DroppedRows, SurvivalColumns } from '../records.js'
import { gather, gatherCodes, usedRows } from './sample.js'

/** The design without the rows where `keep` is 0, counted under `reason`. The working basis is gone and must be made again. */
export function keepRows(design: Design, keep: Uint8Array, reason: string): Design {
  const rows = usedRows(keep)
  const used = design.used.slice()
  keep.forEach((flag, row) => {
    if (flag === 0) used[design.unit[row]!] = 0
  })
  const dropped: DroppedRows[] = [...design.sample.dropped, { reason, rows: design.rows - rows.length }]
  const values = (column: Float64Array): Float64Array => gather(column, rows)
  const named = (columns: Design['endogenous']): Design['endogenous'] => columns.map((column) => ({ name: column.name, values: values(column.values) }))
  const { basis: _basis, ...rest } = design
  return {
    ...rest,
    rows: rows.length,
    columns: design.columns.map(values),
    ...(design.outcome && { outcome: values(design.outcome) }),
    ...(design.survival && { survival: keepSurvival(design.survival, rows) }),
    endogenous: named(design.endogenous),
    instruments: named(design.instruments),
    absorbed: design.absorbed.map((effect) => keepEffect(effect, rows)),
    ...(design.group && { group: keepEffect(design.group, rows) }),
    ...(design.weights && { weights: values(design.weights) }),
    ...(design.offset && { offset: values(design.offset) }),
    unit: rows.map((row) => design.unit[row]!),
    used,
    sample: { ...design.sample, used: rows.length, dropped },
  }
}

function keepEffect(effect: AbsorbedEffect, rows: Int32Array): AbsorbedEffect {
  const { codes, present } = gatherCodes(effect.codes, rows, effect.levels)
  return { ...effect, codes, levels: present.length, ...(effect.slopes && { slopes: effect.slopes.map(({ name, values }) => ({ name, values: gather(values, rows) })) }) }
}

function keepSurvival(survival: SurvivalColumns, rows: Int32Array): SurvivalColumns {
  return {
    ...survival,
    start: gather(survival.start, rows),
    stop: gather(survival.stop, rows),
    event: Uint8Array.from(rows, (row) => survival.event[row]!),
    strata: rows.map((row) => survival.strata[row]!),
  }
}
