/**
 * Dyadic-robust covariance for links between firms (Aronow, Samii and Assenova 2015; Cameron and Miller 2014): scores of two links
 * correlate whenever the links share a firm, in either role,
 *
 *     Ω = Σ_v S_v S_v' − Σ_p s_p s_p',
 *
 * S_v the sum of scores of the links of firm v (a link of a firm with itself counts once), s_p the sum over the links of an unordered
 * pair of two distinct firms, which both of them hold. The factor is G/(G−1) with G firms. Cost is linear in links. Two-way clusters of
 * buyer and supplier miss the links in which a firm changes its role. Checked against the double loop over all pairs of links.
 */
import { ReshoreError } from '../../errors.js'
import { crossProduct } from '../../numerics/linearAlgebra.js'
import { sharedCodes } from '../design/sharedCodes.js'
import type { Note, ScoreData, Vcov, VcovEstimator } from '../records.js'
import { isNested } from './cluster.js'
import { repairNegative } from './repairNegative.js'
import { requireCells } from './requireCells.js'
import { sandwich } from './sandwich.js'
import { dyadicFactor, type SmallSample } from './smallSample.js'

export interface DyadicOptions {
  /** Default G/(G−1) with G firms for every family; the others are those of clusters, with G firms. */
  readonly smallSample?: SmallSample
}

/** The two firms of every row, in one code book. */
interface Dyads {
  readonly firms: number
  readonly buyer: Int32Array
  readonly supplier: Int32Array
}

/**
 * Covariance of links that correlate whenever they share a firm. The two columns hold the same kind of id: the same id is the same firm
 * in either role. Rows where one is missing leave before estimation. Throws `DyadError` where any two links
 * share a firm (one dyad, one firm in all) and where groups that a model draws as one do not.
 *
 * @example
 * const fit = ols('dropped ~ log(distance) | industry', links, { vcov: dyadic('buyer', 'supplier') })
 */
export function dyadic(buyer: string, supplier: string, options: DyadicOptions = {}): VcovEstimator {
  if (buyer === supplier) {
    throw new ReshoreError('DyadError', `\`${buyer}\` is named for both firms of a link`, 'Name the two id columns, one for each role.', 2)
  }
  const label = `dyadic(${buyer}, ${supplier})`
  return {
    label,
    columns: [buyer, supplier],
    bind(table) {
      const role = 'a firm of the dyads'
      const { codes, levels } = sharedCodes([{ table, name: buyer, role }, { table, name: supplier, role }])
      const book: Dyads = { firms: levels.length, buyer: codes[0]!, supplier: codes[1]! }
      return (scores) => dyadicVcov(scores, sampleDyads(book, scores, [buyer, supplier]), { label, smallSample: options.smallSample })
    },
  }
}

/** Firms of the rows used, renumbered over those that occur. */
function sampleDyads(book: Dyads, scores: ScoreData, columns: readonly [string, string]): Dyads {
  const { unit } = scores
  requireCells('DyadError', `the firm \`${columns[0]}\``, unit, (row) => book.buyer[row]! < 0)
  requireCells('DyadError', `the firm \`${columns[1]}\``, unit, (row) => book.supplier[row]! < 0)
  const number = new Int32Array(book.firms).fill(-1)
  let firms = 0
  const numbered = (code: number): number => {
    if (number[code] === -1) number[code] = firms++
    return number[code]!
  }
  const buyer = unit.map((row) => numbered(book.buyer[row]!))
  const supplier = unit.map((row) => numbered(book.supplier[row]!))
  const dyads = { firms, buyer, supplier }
  requireApartDyads(dyads, columns)
  const { groups } = scores
  if (groups && !isNested(groups.codes, groups.levels, buyer) && !isNested(groups.codes, groups.levels, supplier)) {
    throw new ReshoreError('DyadError', `groups of \`${groups.name}\`, whose rows are one draw of the model, share neither \`${columns[0]}\` nor \`${columns[1]}\``,
      `Use a model grouped by a firm or a pair, or cluster by \`${groups.name}\` or by something coarser.`)
  }
  return dyads
}

/**
 * Where any two links share a firm Ω is the square of the sum of all scores, which is zero at the estimate. Such links are those of one
 * firm, or lie between three.
 */
function requireApartDyads({ firms, buyer, supplier }: Dyads, columns: readonly [string, string]): void {
  const inAll = (firm: number): boolean => buyer.every((own, row) => own === firm || supplier[row] === firm)
  const common = inAll(buyer[0]!) || inAll(supplier[0]!)
  const triangle = firms === 3 && buyer.every((own, row) => own !== supplier[row])
  if (!common && !triangle) return
  const what = firms <= 2 && common ? 'are one dyad' : common ? 'are links of one firm' : 'lie between three firms'
  throw new ReshoreError('DyadError', `all ${buyer.length} rows used ${what} in \`${columns[0]}\` and \`${columns[1]}\`, so that any two of them share a firm`,
    'A dyadic covariance needs links between many firms: check the two id columns, or use --vcov robust.')
}

interface DyadicRequest {
  readonly label: string
  readonly smallSample: SmallSample | undefined
}

function dyadicVcov(scores: ScoreData, dyads: Dyads, { label, smallSample }: DyadicRequest): Vcov {
  const meat = crossProduct(firmScores(scores, dyads), dyads.firms, scores.parameters)
  pairMeat(scores, dyads).forEach((value, cell) => (meat[cell]! -= value))
  const factor = dyadicFactor(scores, smallSample, dyads.firms, nestedEffects(scores, dyads))
  const notes: Note[] = [{ kind: 'convention', text: `Dyadic covariance over ${dyads.firms} firms with the small-sample factor ${smallSample ?? 'G/(G−1)'}.` }]
  const raw = sandwich(scores, meat).map((value) => value * factor)
  return {
    matrix: repairNegative(raw, scores, { covariance: 'dyadic covariance', cause: 'few firms', notes }),
    label,
    degreesOfFreedom: scores.family === 'linear' ? dyads.firms - 1 : Infinity,
    notes,
  }
}

/** Positions of the absorbed effects whose levels lie within one firm. */
function nestedEffects(scores: ScoreData, { buyer, supplier }: Dyads): Set<number> {
  return new Set(scores.absorbed.flatMap(({ codes, levels }, position) =>
    (isNested(codes, levels, buyer) || isNested(codes, levels, supplier) ? [position] : [])))
}

/** S_v, firms × k row-major. */
function firmScores({ scores, parameters: k, rows, frequencies }: ScoreData, { firms, buyer, supplier }: Dyads): Float64Array {
  const sums = new Float64Array(firms * k)
  for (let row = 0; row < rows; row++) {
    const from = row * k
    const toBuyer = buyer[row]! * k
    const toSupplier = supplier[row]! * k
    const frequency = frequencies ? frequencies[row]! : 1
    for (let j = 0; j < k; j++) sums[toBuyer + j]! += frequency * scores[from + j]!
    if (toSupplier !== toBuyer) for (let j = 0; j < k; j++) sums[toSupplier + j]! += frequency * scores[from + j]!
  }
  return sums
}

/** Pair sums worked on at a time. */
const blockPairs = 4096

/**
 * Σ_p s_p s_p' over unordered pairs of two distinct firms, k × k. Rows are counting-sorted by the pair's lower firm; within one
 * firm the other ends find their sum through a table of marks, so no pair is ever hashed.
 */
function pairMeat({ scores, parameters: k, frequencies }: ScoreData, dyads: Dyads): Float64Array {
  const { firms } = dyads
  const { start, order } = rowsByLowerFirm(dyads)
  const meat = new Float64Array(k * k)
  const widest = start.reduce((most, from, firm) => (firm === 0 ? 0 : Math.max(most, from - start[firm - 1]!)), 0)
  const sums = new Float64Array(Math.max(blockPairs, widest) * k)
  const slot = new Int32Array(firms)
  const mark = new Int32Array(firms).fill(-1)
  let pairs = 0
  const flush = (): void => {
    crossProduct(sums, pairs, k).forEach((value, cell) => (meat[cell]! += value))
    sums.fill(0, 0, pairs * k)
    pairs = 0
  }
  for (let firm = 0; firm < firms; firm++) {
    if ((pairs + start[firm + 1]! - start[firm]!) * k > sums.length) flush()
    for (let at = start[firm]!; at < start[firm + 1]!; at++) {
      const row = order[at]!
      const other = Math.max(dyads.buyer[row]!, dyads.supplier[row]!)
      if (mark[other] !== firm) {
        mark[other] = firm
        slot[other] = pairs++
      }
      const to = slot[other]! * k
      const frequency = frequencies ? frequencies[row]! : 1
      for (let j = 0; j < k; j++) sums[to + j]! += frequency * scores[row * k + j]!
    }
  }
  flush()
  return meat
}

/** Rows of two distinct firms by the firm with the lower code: rows order[start[v]] … order[start[v + 1] − 1] for firm v. */
function rowsByLowerFirm({ firms, buyer, supplier }: Dyads): { start: Int32Array; order: Int32Array } {
  const start = new Int32Array(firms + 1)
  for (let row = 0; row < buyer.length; row++) if (buyer[row] !== supplier[row]) start[Math.min(buyer[row]!, supplier[row]!) + 1]!++
  for (let firm = 0; firm < firms; firm++) start[firm + 1]! += start[firm]!
  const next = start.slice(0, firms)
  const order = new Int32Array(start[firms]!)
  for (let row = 0; row < buyer.length; row++) if (buyer[row] !== supplier[row]) order[next[Math.min(buyer[row]!, supplier[row]!)]!++] = row
  return { start, order }
}
