/**
 * Joint covariance of several fitted equations: each fit's rows have an influence on its parameters (bread × score); summed by a cluster all
 * equations share (the firm), stacked, and crossed,
 *
 *     V = Σ_g ψ_g ψ_g',    ψ_g = (Σ_{i∈g} ψ_1i, Σ_{i∈g} ψ_2i, …),
 *
 * it holds for equations on different tables (a panel, its spells). On its diagonal stand the clustered covariances of the single fits,
 * without small-sample factor. Parameters that are functions of a fit (a baseline hazard) enter as further blocks with their own influence.
 *
 * Checked against a cluster bootstrap that re-estimates everything, and against each fit's own clustered covariance, in
 * test/estimate/jointCovariance.test.ts.
 */
import { ReshoreError } from '../../errors.js'
import { findColumn, readCodes } from '../design/columns.js'
import type { ArrowTable, Fit } from '../records.js'
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
 * Returns all parameters with their joint covariance over the clusters of `column`, which every table must have. Throws `ClusterError` where
 * a used row has no cluster or two blocks share a name.
 *
 * @example
 * const joint = jointCovariance([influenceBlock('entry', entry, panel), influenceBlock('exit', exit, spells)], 'firm')
 */
export function jointCovariance(blocks: readonly InfluenceBlock[], column: string): JointEstimate {
  const names = blocks.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new ReshoreError('ClusterError', `two equations are called \`${twice}\``, 'Give every equation its own name.', 2)
  const clusters = new Map<string, number>()
  const codes = blocks.map((block) => clusterCodes(block, column, clusters))
  const offsets = blocks.map((_, b) => blocks.slice(0, b).reduce((sum, { parameters }) => sum + parameters.length, 0))
  const size = blocks.reduce((sum, { parameters }) => sum + parameters.length, 0)
  const sums = new Float64Array(clusters.size * size)
  blocks.forEach(({ parameters, influence: rows }, b) => {
    const k = parameters.length
    codes[b]!.forEach((cluster, row) => {
      const to = cluster * size + offsets[b]!
      for (let j = 0; j < k; j++) sums[to + j]! += rows[row * k + j]!
    })
  })
  return {
    parameters: blocks.flatMap(({ name, parameters }) => parameters.map((parameter) => `${name}:${parameter}`)),
    values: Float64Array.from(blocks.flatMap(({ values }) => [...values])),
    covariance: crossed(sums, clusters.size, size),
    cluster: column,
    clusters: clusters.size,
    offset: Object.fromEntries(names.map((name, b) => [name, offsets[b]!])),
  }
}

/** Cluster of every used row, numbered over all equations in the order met. */
function clusterCodes({ name, unit, table }: InfluenceBlock, column: string, clusters: Map<string, number>): Int32Array {
  const { codes, levels } = readCodes(findColumn(table, column, `the cluster of ${name}`), column)
  return unit.map((row) => {
    const label = codes[row]! < 0 ? undefined : levels[codes[row]!]!
    if (label === undefined) throw new ReshoreError('ClusterError', `the cluster \`${column}\` of ${name} is missing in row ${row + 1}`, 'Leave out rows without a cluster.')
    if (!clusters.has(label)) clusters.set(label, clusters.size)
    return clusters.get(label)!
  })
}

/** Σ_g ψ_g ψ_g'. */
function crossed(sums: Float64Array, clusters: number, size: number): Float64Array {
  const covariance = new Float64Array(size * size)
  for (let g = 0; g < clusters; g++) {
    for (let j = 0; j < size; j++) {
      const left = sums[g * size + j]!
      if (left === 0) continue
      for (let l = 0; l <= j; l++) covariance[j * size + l]! += left * sums[g * size + l]!
    }
  }
  for (let j = 0; j < size; j++) for (let l = 0; l < j; l++) covariance[l * size + j] = covariance[j * size + l]!
  return covariance
}
