/**
 * Joint covariance of several fitted equations: each fit's rows have an influence on its parameters (bread × score); summed by a unit all
 * equations share (the firm), stacked, and crossed,
 *
 *     V = Σ_g ψ_g ψ_g',    ψ_g = (Σ_{i∈g} ψ_1i, Σ_{i∈g} ψ_2i, …),
 *
 * it holds for equations on different tables (a panel, its spells). On its diagonal stand the clustered covariances of the single fits,
 * without small-sample factor. A row may belong to two firms, a link to its buyer and its supplier: then ψ_g takes the rows of firm g in
 * either role, and what two firms p both hold is taken off once,
 *
 *     V = Σ_g ψ_g ψ_g' − Σ_p ψ_p ψ_p',
 *
 * with the dyadic covariance (Aronow, Samii and Assenova 2015) of such an equation on its diagonal; negative eigenvalues, which a
 * difference can have, are set to zero. Parameters that are functions of a fit (a baseline hazard) enter as further blocks with their own influence.
 *
 * Checked against a cluster bootstrap that re-estimates everything, each fit's own clustered and dyadic covariance, a double loop over
 * rows, and equations of known correlation, in test/estimate/jointCovariance.test.ts.
 */
import { ReshoreError } from '../../errors.js'
import { sharedCodes } from '../design/sharedCodes.js'
import type { ArrowTable, Fit } from '../records.js'
import { withoutNegative } from '../vcov/repairNegative.js'
import { influence } from '../vcov/sandwich.js'

/** Parameters of one equation with the influence of every row on them (rows × parameters, row-major). */
export interface InfluenceBlock {
  readonly name: string
  readonly parameters: readonly string[]
  readonly values: Float64Array
  readonly influence: Float64Array
  /** Row -> row of `table`. */
  readonly unit: Int32Array
  readonly table: ArrowTable
}

/** The same by unit: what a joint covariance needs of an equation, small enough to be kept beside the fit. */
export interface UnitInfluence extends Pick<InfluenceBlock, 'name' | 'parameters' | 'values' | 'influence'> {
  /** The one or two units of every row as codes of `levels`. */
  readonly units: readonly Int32Array[]
  readonly levels: readonly string[]
  /** Names of the columns. */
  readonly columns: readonly string[]
}

export interface JointEstimate {
  /** `equation:parameter`, in the order of the blocks. */
  readonly parameters: readonly string[]
  readonly values: Float64Array
  /** p × p row-major. */
  readonly covariance: Float64Array
  readonly cluster: string
  readonly clusters: number
  /** First position of each block. */
  readonly offset: Readonly<Record<string, number>>
  /** Whether negative eigenvalues were set to zero. */
  readonly repaired: boolean
}

/**
 * Returns the block of a fit: its coefficients, then its ancillary parameters (`ln(sigma_u)`). Throws `ScoresDroppedError` where the fit carries no
 * scores.
 *
 * @param table the table of the estimation
 */
export function influenceBlock(name: string, fit: Fit, table: ArrowTable): InfluenceBlock {
  if (!fit.scores) {
    throw new ReshoreError('ScoresDroppedError', `the ${fit.kind} fit \`${name}\` carries no scores`, "Estimate it with scores: 'keep'.")
  }
  const ancillary = fit.scores.ancillary ? [Math.log((fit as Fit<'re-logit'>).detail.sigma_u)] : []
  return {
    name,
    parameters: [...fit.terms, ...(ancillary.length > 0 ? ['ln(sigma_u)'] : [])],
    values: Float64Array.of(...fit.coefficients, ...ancillary),
    influence: influence(fit.scores),
    unit: fit.scores.unit,
    table,
  }
}

/**
 * Returns the influence of every unit of one column, or of every row with the two units it links. Throws `ClusterError` where a used row
 * has none.
 *
 * @param terms the parameters wanted; all when left out
 * @example
 * const gravity = unitInfluence(influenceBlock('gravity', fit, pairs), ['buyer', 'supplier'], ['log_km'])
 */
export function unitInfluence(block: InfluenceBlock, columns: string | readonly [string, string], terms?: readonly string[]): UnitInfluence {
  const named = typeof columns === 'string' ? [columns] : columns
  const places = terms === undefined ? block.parameters.map((_, j) => j) : terms.map((term) => block.parameters.indexOf(term))
  const unknown = terms?.find((_, at) => places[at]! < 0)
  if (unknown !== undefined) throw new ReshoreError('TermError', `${block.name} has no parameter \`${unknown}\``, `It has ${block.parameters.join(', ')}.`, 2)
  const { codes, levels } = sharedCodes(named.map((name) => ({ table: block.table, name, role: `the cluster of ${block.name}` })))
  const units = codes.map((own, c) => block.unit.map((row) => {
    if (own[row]! < 0) throw new ReshoreError('ClusterError', `the cluster \`${named[c]!}\` of ${block.name} is missing in row ${row + 1}`, 'Leave out rows without a cluster.')
    return own[row]!
  }))
  const [rows, k, wanted] = [block.unit.length, block.parameters.length, places.length]
  const influence = new Float64Array(rows * wanted)
  for (let row = 0; row < rows; row++) for (let j = 0; j < wanted; j++) influence[row * wanted + j] = block.influence[row * k + places[j]!]!
  const all = { name: block.name, parameters: places.map((j) => block.parameters[j]!), values: Float64Array.from(places, (j) => block.values[j]!), influence, units, levels, columns: named }
  return occurring(named.length === 1 ? summed(all) : all)
}

/**
 * Returns all parameters with their joint covariance over the clusters of `column`, which every table must have. Throws `ClusterError` where
 * a used row has no cluster or two blocks share a name.
 *
 * @example
 * const joint = jointCovariance([influenceBlock('entry', entry, panel), influenceBlock('exit', exit, spells)], 'firm')
 */
export function jointCovariance(blocks: readonly InfluenceBlock[], column: string): JointEstimate {
  return jointOverUnits(blocks.map((block) => unitInfluence(block, column)), column)
}

/**
 * The same from influences by unit, whose columns may have other names in every equation and hold one firm or the two of a link.
 *
 * @param label what the units are called
 */
export function jointOverUnits(blocks: readonly UnitInfluence[], label: string): JointEstimate {
  const names = blocks.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new ReshoreError('ClusterError', `two equations are called \`${twice}\``, 'Give every equation its own name.', 2)
  const book = new Map<string, number>()
  const sums = blocks.map((block) => blockSums(block, book))
  const offsets = blocks.map((_, b) => blocks.slice(0, b).reduce((sum, { parameters }) => sum + parameters.length, 0))
  const size = blocks.reduce((sum, { parameters }) => sum + parameters.length, 0)
  const [covariance, unit] = [new Float64Array(size * size), new Float64Array(size)]
  sums.forEach((left, a) => {
    for (let b = 0; b <= a; b++) {
      const right = sums[b]!
      const [byUnit, byPair] = [crossed(left.units, right.units), crossed(left.pairs, right.pairs)]
      byUnit.forEach((value, cell) => {
        const [i, j] = [offsets[a]! + Math.floor(cell / right.units.k), offsets[b]! + (cell % right.units.k)]
        if (i === j) unit[i] = Math.sqrt(value)
        covariance[i * size + j] = covariance[j * size + i] = value - byPair[cell]!
      })
    }
  })
  const repaired = blocks.some(({ units }) => units.length > 1) ? withoutNegative(covariance, unit) : undefined
  return {
    parameters: blocks.flatMap(({ name, parameters }) => parameters.map((parameter) => `${name}:${parameter}`)),
    values: Float64Array.from(blocks.flatMap(({ values }) => [...values])),
    covariance: repaired ?? covariance,
    cluster: label,
    clusters: book.size,
    offset: Object.fromEntries(names.map((name, b) => [name, offsets[b]!])),
    repaired: repaired !== undefined,
  }
}

/** One row a unit. */
function summed(block: UnitInfluence): UnitInfluence {
  const k = block.parameters.length
  const influence = new Float64Array(block.levels.length * k)
  block.units[0]!.forEach((unit, row) => {
    for (let j = 0; j < k; j++) influence[unit * k + j]! += block.influence[row * k + j]!
  })
  const seen = new Uint8Array(block.levels.length)
  for (const unit of block.units[0]!) seen[unit] = 1
  const own = Int32Array.from([...seen.keys()].filter((unit) => seen[unit] === 1))
  const kept = new Float64Array(own.length * k)
  own.forEach((unit, row) => kept.set(influence.subarray(unit * k, (unit + 1) * k), row * k))
  return { ...block, influence: kept, units: [own] }
}

/** Without the levels that no used row has. */
function occurring(block: UnitInfluence): UnitInfluence {
  const number = new Int32Array(block.levels.length).fill(-1)
  const levels: string[] = []
  const units = block.units.map((codes) => codes.map((code) => {
    if (number[code]! < 0) number[code] = levels.push(block.levels[code]!) - 1
    return number[code]!
  }))
  return { ...block, units, levels }
}

/** Sums of influences by key: keys number units over all equations, or pairs of them. */
interface Sums {
  readonly k: number
  /** Key -> row of `sums`. */
  readonly row: ReadonlyMap<number, number>
  readonly sums: Float64Array
}

/** Above any number of units, so that a pair is one number. */
const pairBase = 2 ** 26

/** Sums by unit, in either role, and by pair of two distinct units. */
function blockSums({ parameters, influence, units, levels }: UnitInfluence, book: Map<string, number>): { readonly units: Sums; readonly pairs: Sums } {
  const k = parameters.length
  const shared = levels.map((level) => {
    if (!book.has(level)) book.set(level, book.size)
    return book.get(level)!
  })
  const [first, second] = units.map((codes) => codes.map((code) => shared[code]!))
  const rows = first!.length
  const byUnit = new Map<number, number>()
  const byPair = new Map<number, number>()
  const place = (map: Map<number, number>, key: number): number => {
    const known = map.get(key)
    if (known !== undefined) return known
    map.set(key, map.size)
    return map.size - 1
  }
  const pairOf = (row: number): number => Math.min(first![row]!, second![row]!) * pairBase + Math.max(first![row]!, second![row]!)
  const apart = (row: number): boolean => second !== undefined && second[row] !== first![row]
  for (let row = 0; row < rows; row++) {
    place(byUnit, first![row]!)
    if (!apart(row)) continue
    place(byUnit, second![row]!)
    place(byPair, pairOf(row))
  }
  const [unitSums, pairSums] = [new Float64Array(byUnit.size * k), new Float64Array(byPair.size * k)]
  const add = (sums: Float64Array, to: number, row: number): void => {
    for (let j = 0; j < k; j++) sums[to * k + j]! += influence[row * k + j]!
  }
  for (let row = 0; row < rows; row++) {
    add(unitSums, byUnit.get(first![row]!)!, row)
    if (!apart(row)) continue
    add(unitSums, byUnit.get(second![row]!)!, row)
    add(pairSums, byPair.get(pairOf(row))!, row)
  }
  return { units: { k, row: byUnit, sums: unitSums }, pairs: { k, row: byPair, sums: pairSums } }
}

/** Σ over the keys both have of left × right', k × k. */
function crossed(left: Sums, right: Sums): Float64Array {
  const product = new Float64Array(left.k * right.k)
  for (const [key, row] of left.row) {
    const other = right.row.get(key)
    if (other === undefined) continue
    for (let i = 0; i < left.k; i++) {
      const value = left.sums[row * left.k + i]!
      for (let j = 0; j < right.k; j++) product[i * right.k + j]! += value * right.sums[other * right.k + j]!
    }
  }
  return product
}
