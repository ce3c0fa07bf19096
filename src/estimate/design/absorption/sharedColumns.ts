/**
 * Columns without absorbed effects, kept for several models on one table: effects are sorted once and each distinct column is demeaned once for
 * every set of rows, effects and weights.
 */
import type { Design } from '../../records.js'
import { prepareAbsorption, type Absorber } from './absorber.js'
import type { AbsorptionCrew } from './absorptionWork.js'

/** For models on the same table; its columns must not be changed. */
export interface SharedColumns {
  /** The columns without the design's effects; names say which of them are the same in another model. */
  demean(design: Design, columns: readonly { readonly name: string; readonly values: Float64Array }[], crew?: AbsorptionCrew): Float64Array[]
}

/** Rows, effects and weights that several models have in common. */
interface Group {
  readonly effects: string
  readonly unit: Int32Array
  readonly weights: Float64Array | undefined
  readonly absorber: Absorber
  readonly columns: Map<string, Float64Array>
}

/** An empty store: hand it to every model on one table. */
export function shareColumns(): SharedColumns {
  const groups: Group[] = []
  return {
    demean(design, columns, crew) {
      const group = groups.find((one) => isSame(one, design)) ?? startGroup(design, columns.length, crew)
      if (!groups.includes(group)) groups.push(group)
      const fresh = new Map(columns.filter(({ name }) => !group.columns.has(name)).map(({ name, values }) => [name, values]))
      if (fresh.size > 0) {
        const demeaned = group.absorber.demean([...fresh.values()], { crew })
        ;[...fresh.keys()].forEach((name, j) => group.columns.set(name, demeaned[j]!))
      }
      return columns.map(({ name }) => group.columns.get(name)!)
    },
  }
}

const effectNames = ({ absorbed }: Design): string => absorbed.map(({ name }) => name).join(' + ')

function startGroup(design: Design, columns: number, crew: AbsorptionCrew | undefined): Group {
  const { absorbed, weights, unit } = design
  return { effects: effectNames(design), unit, weights, absorber: prepareAbsorption(absorbed, { weights, crew, columns }), columns: new Map() }
}

function isSame(group: Group, design: Design): boolean {
  return group.effects === effectNames(design) && equal(group.unit, design.unit) && equal(group.weights ?? [], design.weights ?? [])
}

function equal(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
