/** Flags of `reshore estimate` that choose a covariance, at most one of them. Period and panel unit have flags that models share. */
import { dirname, resolve } from 'node:path'
import type { ConleyOptions } from '../estimate/index.js'
import type { VcovEstimator } from '../estimate/records.js'
import { countOption, listOption, numberOption, usageError } from './arguments.js'
import type { OptionValues } from './command.js'
import { readJson } from './readJson.js'

export const covarianceOptions = {
  vcov: {
    summary: 'covariance without clusters; default iid', value: 'KIND', choices: ['iid', 'robust', 'hc2', 'hc3', 'newey-west', 'driscoll-kraay'],
    remedy: 'robust is HC1 for ols and iv and HC0 for other models; --small-sample none gives HC0, fixest HC1 (its hetero). Clusters are --cluster a,b; NW is newey-west, DK driscoll-kraay, both with --time.',
  },
  cluster: { summary: 'covariance clustered by one or more columns; a^b is one clustering by both', value: 'a,b' },
  dyadic: { summary: 'covariance of links that share a firm in either role', value: 'buyer,supplier' },
  conley: { summary: 'covariance of rows within KM kilometres; needs --latitude and --longitude', value: 'KM' },
  latitude: { summary: 'column of degrees north (--conley)', value: 'COLUMN' },
  longitude: { summary: 'column of degrees east (--conley)', value: 'COLUMN' },
  kernel: { summary: 'how the covariance falls with distance (--conley); default uniform', value: 'KIND', choices: ['uniform', 'bartlett'] },
  lags: { summary: 'periods over which rows correlate (--vcov newey-west or driscoll-kraay, --conley); default the fourth root of the number of periods, none for --conley', value: 'L' },
  'shift-share': { summary: 'covariance of a shift-share regressor or instrument (ols, iv); the document names shares and shocks', value: 'FILE.json' },
  'small-sample': { summary: 'small-sample factor of every covariance but shift-share, hc2 and hc3; with --vcov iid only none (n, not n - k)', value: 'RULE', choices: ['fixest', 'stata', 'none'] },
} as const

/** Also the flags of period and panel unit, which dynamic and panel models read as well. */
type Given = OptionValues<typeof covarianceOptions> & { readonly time?: string; readonly group?: string }

/** Whether the covariance reads `--time` and `--group`. */
export function covarianceReads({ vcov, conley, lags }: Given): { readonly time: boolean; readonly group: boolean } {
  return { time: vcov === 'newey-west' || vcov === 'driscoll-kraay' || conley !== undefined, group: vcov === 'newey-west' || (conley !== undefined && lags !== undefined) }
}

/** The covariance the flags name; iid without any. */
export async function covariance(given: Given): Promise<VcovEstimator> {
  const { cluster, dyadic, hc2, hc3, iid, robust } = await import('../estimate/index.js')
  const asked = (['vcov', 'cluster', 'dyadic', 'conley', 'shift-share'] as const).filter((name) => given[name] !== undefined)
  if (asked.length > 1) {
    const named = asked.map((name) => `--${name}${name === 'vcov' ? ` ${given.vcov}` : ''}`)
    throw usageError(`${named[1]} and ${named[0]} are two covariances`, 'Give one of them.')
  }
  const smallSample = given['small-sample']
  if (given.lags !== undefined && !covarianceReads(given).time) {
    throw usageError('--lags without a covariance over time', 'Write --vcov newey-west --time year --group firm, --vcov driscoll-kraay --time year, or --conley with --time and --group.')
  }
  const factor = smallSample === undefined ? {} : { smallSample }
  const clusters = listOption('cluster', given.cluster)
  if (clusters !== undefined) {
    if (/[~+]/.test(given.cluster!)) throw usageError(`--cluster is \`${given.cluster}\``, 'Name the columns with commas between them: --cluster a,b; cross two with ^: --cluster a^b.')
    const [first, ...others] = clusters
    return cluster(first!, ...others, factor)
  }
  const ends = listOption('dyadic', given.dyadic)
  if (ends !== undefined) {
    if (ends.length !== 2) throw usageError(`--dyadic names ${ends.length} ${ends.length === 1 ? 'column' : 'columns'}`, 'Name the two firms of a link: --dyadic buyer,supplier.')
    return dyadic(ends[0]!, ends[1]!, factor)
  }
  if ([given.conley, given.latitude, given.longitude, given.kernel].some((text) => text !== undefined)) return spatial(given, factor)
  if (given.vcov === 'newey-west' || given.vcov === 'driscoll-kraay') return serial(given.vcov, given, factor)
  if (given.vcov === 'robust') return robust(factor)
  if (smallSample === 'none' && given.vcov === 'iid') return iid({ smallSample })
  if (smallSample !== undefined) {
    if (given.vcov === 'hc2' || given.vcov === 'hc3') throw usageError(`--small-sample with --vcov ${given.vcov}`, 'Leverages are the correction: there is no further factor.')
    throw usageError(given.vcov === 'iid' ? `--small-sample ${smallSample} with --vcov iid` : `--small-sample without --vcov robust, newey-west or driscoll-kraay, --cluster, --dyadic or --conley`,
      given['shift-share'] === undefined
        ? 'The model-based covariance has the model\'s own degrees of freedom; --vcov iid --small-sample none divides by n.'
        : 'Shift-share inference has no small-sample factor.')
  }
  if (given.vcov === 'hc2' || given.vcov === 'hc3') return given.vcov === 'hc2' ? hc2() : hc3()
  return given['shift-share'] === undefined ? iid() : shiftShareFrom(given['shift-share'])
}

async function serial(kind: 'newey-west' | 'driscoll-kraay', { time, group, lags }: Given, factor: Pick<ConleyOptions, 'smallSample'>): Promise<VcovEstimator> {
  if (time === undefined) {
    throw usageError(`--vcov ${kind} needs the column of the period`, `Write --vcov ${kind} --time COLUMN${kind === 'newey-west' ? ' --group COLUMN, the panel unit, unless the rows are one series' : ''}.`)
  }
  const { driscollKraay, neweyWest } = await import('../estimate/index.js')
  const options = { period: time, ...(lags !== undefined && { lags: countOption('lags', lags, 0)! }), ...factor }
  return kind === 'driscoll-kraay' ? driscollKraay(options) : neweyWest({ ...options, ...(group !== undefined && { unit: group }) })
}

async function spatial(given: Given, factor: Pick<ConleyOptions, 'smallSample'>): Promise<VcovEstimator> {
  const { latitude, longitude, kernel, time, group } = given
  const kilometres = numberOption('conley', given.conley)
  if (kilometres === undefined || latitude === undefined || longitude === undefined) {
    throw usageError('a Conley covariance needs a distance and two coordinates', 'Write --conley KM --latitude COLUMN --longitude COLUMN.')
  }
  const lags = countOption('lags', given.lags, 0)
  if (lags !== undefined && (time === undefined || group === undefined)) throw usageError('--conley with --lags needs period and unit', 'Write --time COLUMN --group COLUMN --lags L.')
  const { conley } = await import('../estimate/index.js')
  return conley({
    latitude, longitude, kilometres, ...(kernel && { kernel }), ...(time !== undefined && { period: time }), ...(lags !== undefined && { unit: group!, lags }), ...factor,
  })
}

/** The design of a document: that of `shiftShare`, with a `file` beside the document where the design has a table. */
async function shiftShareFrom(path: string): Promise<VcovEstimator> {
  const [{ z }, { readDocument }, { readTable }, { shiftShare }] = await Promise.all([
    import('zod'), import('../sourcing/document.js'), import('../ingest/index.js'), import('../estimate/index.js'),
  ])
  const key = z.union([z.string(), z.array(z.string()).min(1)], { error: 'must be a column or a list of columns' })
  const schema = z.strictObject({
    variable: z.string(),
    unit: key,
    shares: z.strictObject({ file: z.string(), unit: key, shock: key, share: z.string(), absent: z.enum(['error', 'zero']).optional() }),
    shocks: z.strictObject({ file: z.string(), shock: key, value: z.string().optional(), cluster: z.string().optional(), controls: z.array(z.string()).optional(), effects: z.string().optional() }).optional(),
    implied: z.enum(['shares', 'shocks']).optional(),
    method: z.enum(['akm', 'akm0']).optional(),
    level: z.number().gt(0).lt(1).optional(),
  })
  const { shares, shocks, ...design } = readDocument('shift-share', schema, await readJson(path, 'shift-share document'))
  const withTable = async <T extends { file: string }>({ file, ...columns }: T) => ({ ...columns, table: await readTable(resolve(dirname(path), file)) })
  return shiftShare({ ...design, shares: await withTable(shares), ...(shocks && { shocks: await withTable(shocks) }) })
}
