/**
 * Cluster-robust covariance, one-way and multi-way (Cameron, Gelbach and Miller 2011): inclusion–exclusion over the
 * clusterings and their crossings, one small-sample factor from the clustering with the fewest groups, negative variances
 * repaired. Checked against pyfixest, R sandwich and survival.
 */
import { ReshoreError } from '../../errors.js'
import { crossCodes } from '../design/codes.js'
import { findColumn, groupCodes } from '../design/columns.js'
import type { GroupCodes } from '../design/wholeCodes.js'
import { gatherCodes } from '../design/sample.js'
import type { Note, ScoreData, VcovEstimator } from '../records.js'
import { repairNegative } from './repairNegative.js'
import { requireCells } from './requireCells.js'
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
 * Covariance clustered by one or several columns, options last; `buyer^year` is the two columns crossed, one clustering. Rows where a cluster
 * column is missing leave before estimation.
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
    columns: [...new Set(names.flatMap(crossedColumns))],
    bind(table) {
      const all = names.map((name) => ({ name, codes: crossedGroups(crossedColumns(name).map((column) => groupCodes(findColumn(table, column, 'a cluster'), column))) }))
      return (scores) => {
        const clusterings = all.map(({ name, codes }) => sampleClusters(name, codes.codes, codes.levels, scores))
        return clusteredVcov(scores, clusterings, label, options.smallSample ?? familyConvention(scores))
      }
    },
  }
}

const crossedColumns = (name: string): string[] => name.split('^').map((column) => column.trim())

/** Groups of several columns together: negative where any is missing. */
function crossedGroups(columns: readonly GroupCodes[]): GroupCodes {
  if (columns.length === 1) return columns[0]!
  const missing = Uint8Array.from(columns[0]!.codes, (_, row) => (columns.some(({ codes }) => codes[row]! < 0) ? 1 : 0))
  const present = columns.map(({ codes, levels }) => ({ codes: codes.map((code) => Math.max(0, code)), levels: Math.max(1, levels) }))
  const { codes, levels } = crossCodes(present)
  return { codes: codes.map((code, row) => (missing[row] === 1 ? -1 : code)), levels }
}

function sampleClusters(name: string, codes: Int32Array, levels: number, scores: ScoreData): Clustering {
  requireCells('ClusterError', `the cluster \`${name}\``, scores.unit, (row) => codes[row]! < 0)
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
    const crossed = members.length === 1 ? members[0]! : crossCodes(members)
    const sign = members.length % 2 === 1 ? 1 : -1
    groupMeat(scores, crossed.codes, crossed.levels).forEach((value, cell) => (meat[cell]! += sign * value))
  }
  const fewest = Math.min(...clusterings.map(({ levels }) => levels))
  const nested = new Set(scores.absorbed.flatMap(({ codes, levels }, position) =>
    (clusterings.some((clustering) => isNested(codes, levels, clustering.codes)) ? [position] : [])))
  const factor = clusterFactor(scores, convention, fewest, nested)
  const notes: Note[] = [{ kind: 'convention', text: `Clustered covariance with the small-sample factor ${convention}.` }]
  const raw = sandwich(scores, meat).map((value) => value * factor)
  const matrix = clusterings.length > 1 ? repairNegative(raw, scores, { covariance: 'clustered covariance', cause: 'few clusters', notes }) : raw
  return {
    matrix,
    label,
    degreesOfFreedom: scores.family === 'linear' ? fewest - 1 : Infinity,
    clusters: clusterings.map(({ name, levels }) => ({ name, count: levels })),
    notes,
  }
}
