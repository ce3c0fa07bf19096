/** The simulations behind Tyazhelnikov's figures: what varies around a baseline, and the shares and densities that come out. */
import {
  meanCosts, partRelations, reshoredShares, reshoringOfFirms, simulateFirms, togetherShares,
  type FrechetCosts, type PartRelation, type RangePool, type TreeExperiment, type TreeTally,
} from 'reshore'

/** What all simulations of a run share; `firms` is the number in each but the densities. */
export interface Setup extends FrechetCosts {
  readonly firms: number
}

/** Tree and countries of one simulation. */
export interface Design {
  readonly order: number
  readonly length: number
  readonly countries: number
}

export const baseline: Design = { order: 2, length: 5, countries: 2 }

export interface Curve {
  readonly name: string
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** `points` values of τ from 0 to 2. */
export const grid = (points: number): number[] => Array.from({ length: points }, (_, i) => (2 * i) / (points - 1))

/** One result after the other: each simulation uses all workers. */
export async function oneByOne<T, R>(values: readonly T[], make: (value: T) => Promise<R>): Promise<R[]> {
  const made: R[] = []
  for (const value of values) made.push(await make(value))
  return made
}

function experimentOf({ seed, shape, reading }: Setup, { order, length, countries }: Design, more: Partial<TreeExperiment>): TreeExperiment {
  return { tree: { order, length }, countries, form: 'specific', destination: null, draws: { seed, shape, reading }, taus: grid(100), ...more }
}

/** S_i along τ: share of parts of stage i made where they are used, a curve a stage (2 = the parts of the final good). */
export async function stageCurves(setup: Setup, design: Design, form: TreeExperiment['form'], pool: RangePool): Promise<Curve[]> {
  const taus = form === 'specific' ? grid(100) : grid(41)
  const tally = await simulateFirms(experimentOf(setup, design, { form, taus, relations: ['parent'] }), setup.firms, { pool })
  const shares = togetherShares(tally)
  return tally.classes.map(({ stage }, which) => ({ name: `stage ${stage! + 1}`, x: taus, y: taus.map((_, t) => shares[t * tally.classes.length + which]!) }))
}

/** Share of all pairs of a relation made in one country, along τ. */
export async function relationCurves(setup: Setup, design: Design, relations: readonly PartRelation[], pool: RangePool): Promise<Curve[]> {
  const taus = grid(design.countries === 2 ? 100 : 41)
  const tally = await simulateFirms(experimentOf(setup, design, { taus, relations }), setup.firms, { pool })
  return relations.flatMap((relation) => {
    const y = taus.map((_, t) => together(tally, t, relation))
    return tally.classes.some((entry) => entry.relation === relation) ? [{ name: relation, x: taus, y }] : []
  })
}

export const allRelations: readonly PartRelation[] = partRelations

/** Over all stages of a relation. */
function together({ classes, apart, firms }: TreeTally, t: number, relation: PartRelation): number {
  let pairs = 0
  let apartPairs = 0
  classes.forEach((entry, which) => {
    if (entry.relation !== relation) return
    pairs += entry.pairs
    apartPairs += apart[t * classes.length + which]!
  })
  return 1 - apartPairs / (firms * pairs)
}

/** Densities of cost and mean cost at a few τ. */
export interface Densities {
  readonly firms: number
  readonly taus: readonly number[]
  readonly means: readonly number[]
  readonly curves: readonly Curve[]
}

/** Densities of the cost of a final good, over 100 times the firms of the other simulations, as published. */
export async function costDensities(setup: Setup, pool: RangePool, onProgress: (share: number) => void): Promise<Densities> {
  const taus = [0, 0.1, 0.25, 0.5, 1, 2]
  const firms = 100 * setup.firms
  const bins = 200
  const range = setup.reading === 'cost' ? { from: 22, to: 52 } : { from: 18, to: 38 }
  const width = (range.to - range.from) / bins
  const experiment = experimentOf(setup, baseline, { taus, histogram: { ...range, bins } })
  const tally = await simulateFirms(experiment, firms, { pool, onProgress: (done) => onProgress(done / firms) })
  const x = Array.from({ length: bins }, (_, bin) => range.from + (bin + 0.5) * width)
  const density = (t: number): number[] => x.map((_, bin) => tally.histogram[t * (bins + 2) + bin + 1]! / (firms * width))
  return { firms, taus, means: [...meanCosts(tally)], curves: taus.map((tau, t) => ({ name: `τ = ${tau}`, x, y: density(t) })) }
}

/** Shipments a firm makes between countries along τ, and how elastic their number is to τ. */
export async function tradeCurves(setup: Setup, pool: RangePool): Promise<{ shipments: Curve; elasticity: Curve }> {
  const taus = grid(100)
  const tally = await simulateFirms(experimentOf(setup, baseline, { taus, relations: ['parent'] }), setup.firms, { pool })
  const classes = tally.classes.length
  const shipments = taus.map((_, t) => tally.apart.slice(t * classes, (t + 1) * classes).reduce((sum, count) => sum + count, 0) / setup.firms)
  const inside = taus.flatMap((tau, t) => (t > 0 && t + 1 < taus.length && shipments[t + 1]! > 0 ? [{ tau, t }] : []))
  const slope = (t: number): number => Math.log(shipments[t + 1]! / shipments[t - 1]!)
  return {
    shipments: { name: 'shipments a firm', x: taus, y: shipments },
    elasticity: { name: 'elasticity', x: inside.map(({ tau }) => tau), y: inside.map(({ t }) => slope(t) / Math.log((1 + taus[t + 1]!) / (1 + taus[t - 1]!))) },
  }
}

/** Share of nodes reshored by stage, from the final good (stage 1) up; without a grid where the exact path is at hand. */
export interface Reshoring {
  readonly name: string
  readonly exact: boolean
  readonly byStage: readonly number[]
  /** Share of firms that reshore some part; on exact paths only. */
  readonly firms?: number
}

export async function exactReshoring(setup: Setup, design: Design, name: string, pool: RangePool): Promise<Reshoring> {
  const { firms, reshored, nodes, reshoringFirms } = await reshoringOfFirms(experimentOf(setup, design, { taus: [0] }), setup.firms, { pool })
  return { name, exact: true, byStage: Array.from(reshored, (count, stage) => count / (firms * nodes[stage]!)), firms: reshoringFirms / firms }
}

export async function gridReshoring(setup: Setup, design: Design, name: string, pool: RangePool): Promise<Reshoring> {
  const tally = await simulateFirms(experimentOf(setup, design, {}), setup.firms, { pool })
  return { name, exact: false, byStage: [...reshoredShares(tally)] }
}
