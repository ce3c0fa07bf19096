/**
 * Cluster-robust covariance, one-way and multi-way (Cameron, Gelbach and Miller 2011): inclusion–exclusion over the
 * clusterings and their crossings, one small-sample factor from the clustering with the fewest groups, negative variances
 * repaired. Checked against pyfixest, R sandwich and survival.
 */
import { ReshoreError } from '../../errors.js'
import { symmetricEigen } from '../../numerics/linearAlgebra.js'
import { crossCodes } from '../design/codes.js'
import { findColumn, readCodes } from '../design/columns.js'
import { gatherCodes } from '../design/sample.js'
import type { Note, ScoreData, VcovEstimator } from '../records.js'
import { groupMeat, sandwich } from './sandwich.js'
import { clusterFactor, familyConvention, type SmallSample } from './smallSample.js'

export interface ClusterOptions {
  /** Default `fixest` for linear and generalised linear models, `none` for survival, conditional and random-effects models. */
  readonly smallSample?: SmallSample
}

/** Clusters of the rows of one sample. */
interface Clustering {
  readonly name: string
  readonly codes: Int32Array
  readonly levels: number
}

/**
 * Covariance clustered by one or several columns, options last. Rows where a cluster column is missing leave before estimation.
 * Throws `ClusterError` where a clustering has a single group or splits groups the model draws as one.
 *
 * @example
 * const fit = logit('linked ~ log(distance)', links, { vcov: cluster('buyer', 'supplier', { smallSample: 'stata' }) })
 */
export function cluster(...columns: readonly [string, ...(string | ClusterOptions)[]]): VcovEstimator {
  const names = [...new Set(columns.filter((column): column is string => typeof column === 'string'))]
  const options = columns.find((column): column is ClusterOptions => typeof column === 'object') ?? {}
  const label = `cluster(${names.join(', ')})`
  return {
    label,
    columns: names,
    bind(table) {
      const all = names.map((name) => ({ name, codes: readCodes(findColumn(table, name, 'a cluster'), name) }))
      return (scores) => {
        const clusterings = all.map(({ name, codes }) => sampleClusters(name, codes.codes, codes.levels.length, scores))
        return clusteredVcov(scores, clusterings, label, options.smallSample ?? familyConvention(scores))
      }
    },
  }
}

function sampleClusters(name: string, codes: Int32Array, levels: number, scores: ScoreData): Clustering {
  const missing = missingRow(codes, scores.unit)
  if (missing >= 0) {
    throw new ReshoreError('ClusterError', `the cluster \`${name}\` is missing in row ${scores.unit[missing]! + 1}, which the fit uses`,
      'Estimate with this covariance, which leaves such rows out, rather than changing it afterwards.')
  }
  // Levels are those of the table: where every row is used they all occur.
  const kept = scores.unit.length === codes.length ? { codes, levels } : occurring(codes, scores.unit, levels)
  const clustering = { name, ...kept }
  if (clustering.levels < 2) {
    throw new ReshoreError('ClusterError', `the cluster \`${name}\` has ${clustering.levels} group in the ${scores.rows} rows used`,
      'Cluster by a column with at least two groups, or use --vcov robust.')
  }
  if (scores.groups && !isNested(scores.groups.codes, scores.groups.levels, clustering.codes)) {
    throw new ReshoreError('ClusterError', `clusters of \`${name}\` split groups of \`${scores.groups.name}\`, whose rows are one draw of the model`,
      `Cluster by \`${scores.groups.name}\` or by something coarser.`)
  }
  return clustering
}

function occurring(codes: Int32Array, rows: Int32Array, levels: number): { codes: Int32Array; levels: number } {
  const kept = gatherCodes(codes, rows, levels)
  return { codes: kept.codes, levels: kept.present.length }
}

/** First used row without a code, −1 where there is none. */
function missingRow(codes: Int32Array, rows: Int32Array): number {
  for (let i = 0; i < rows.length; i++) if (codes[rows[i]!]! < 0) return i
  return -1
}

/** Whether every level of `inner` lies within one level of `outer`. */
export function isNested(inner: Int32Array, levels: number, outer: Int32Array): boolean {
  const home = new Int32Array(levels).fill(-1)
  for (let row = 0; row < inner.length; row++) {
    const level = inner[row]!
    if (home[level] === -1) home[level] = outer[row]!
    else if (home[level] !== outer[row]) return false
  }
  return true
}

function clusteredVcov(scores: ScoreData, clusterings: readonly Clustering[], label: string, convention: SmallSample) {
  const k = scores.parameters
  const meat = new Float64Array(k * k)
  for (let subset = 1; subset < 1 << clusterings.length; subset++) {
    const members = clusterings.filter((_, position) => (subset >> position) & 1)
    const crossed = crossCodes(members)
    const sign = members.length % 2 === 1 ? 1 : -1
    groupMeat(scores, crossed.codes, crossed.levels).forEach((value, cell) => (meat[cell]! += sign * value))
  }
  const fewest = Math.min(...clusterings.map(({ levels }) => levels))
  const nested = new Set(scores.absorbed.flatMap(({ codes, levels }, position) =>
    (clusterings.some((clustering) => isNested(codes, levels, clustering.codes)) ? [position] : [])))
  const factor = clusterFactor(scores, convention, fewest, nested)
  const notes: Note[] = [{ kind: 'convention', text: `Clustered covariance with the small-sample factor ${convention}.` }]
  const raw = sandwich(scores, meat).map((value) => value * factor)
  const matrix = clusterings.length > 1 ? repairNegative(raw, scores, notes) : raw
  return {
    matrix,
    label,
    degreesOfFreedom: scores.family === 'linear' ? fewest - 1 : Infinity,
    clusters: clusterings.map(({ name, levels }) => ({ name, count: levels })),
    notes,
  }
}

/**
 * Several clusterings can give a matrix with negative eigenvalues. As fixest does, they are set to zero (Cameron, Gelbach and
 * Miller) where a variance would be negative; otherwise the matrix stands, as in R's sandwich, with a note. Eigenvalues
 * are taken in units of the model-based standard errors, so that rescaling a regressor rescales its variance and nothing else.
 */
function repairNegative(matrix: Float64Array, scores: ScoreData, notes: Note[]): Float64Array {
  const k = scores.parameters
  const unit = Float64Array.from({ length: k }, (_, i) => Math.sqrt(scores.modelBased[i * k + i]!))
  const scaled = matrix.map((value, cell) => value / (unit[Math.floor(cell / k)]! * unit[cell % k]!))
  const { values, vectors } = symmetricEigen(scaled, k)
  if (!(values[0]! < -1e-10 * values[k - 1]!)) return matrix
  if (unit.every((_, i) => matrix[i * k + i]! >= 0)) {
    notes.push({ kind: 'inference', text: 'The clustered covariance is not positive semi-definite (few clusters): its standard errors stand, joint tests may fail.' })
    return matrix
  }
  notes.push({ kind: 'inference', text: 'The clustered covariance had a negative variance; its negative eigenvalues were set to zero (Cameron, Gelbach and Miller 2011).' })
  const result = new Float64Array(k * k)
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      let sum = 0
      for (let e = 0; e < k; e++) if (values[e]! > 0) sum += values[e]! * vectors[i * k + e]! * vectors[j * k + e]!
      result[i * k + j] = sum * unit[i]! * unit[j]!
    }
  }
  return result
}
