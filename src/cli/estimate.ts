/** `reshore estimate MODEL --data FILE --formula TEXT`: reads a table, estimates one model and prints it with its conventions. */
import { isReshoreError } from '../errors.js'
import type { ArrowTable } from '../engine/index.js'
import { models, type ModelEntry, type ModelSettings, type Setting } from '../estimate/models/registry.js'
import type { Fit, ModelSpec, Note } from '../estimate/records.js'
import type { ReadTableOptions } from '../ingest/readTable.js'
import { countOption, listOption, numberOption, usageError } from './arguments.js'
import { defineCommand, type OptionValues } from './command.js'
import { covariance, covarianceOptions, covarianceReads } from './estimateCovariance.js'

const otherNames: Readonly<Record<string, string>> = {
  lm: 'ols', reg: 'ols', regress: 'ols', feols: 'ols', reghdfe: 'ols', areg: 'ols', xtreg: 'ols',
  '2sls': 'iv', tsls: 'iv', liml: 'iv --method liml', ivreg: 'iv', ivreg2: 'iv', ivregress: 'iv', ivreghdfe: 'iv',
  poisson: 'ppml', fepois: 'ppml', ppmlhdfe: 'ppml', xtpoisson: 'ppml',
  coxph: 'cox', stcox: 'cox', clogit: 'fe-logit', xtlogit: 're-logit or fe-logit', xtprobit: 're-probit', xtcloglog: 're-cloglog', gmm: 'iv --method gmm', xtscc: 'ols --vcov driscoll-kraay', newey: 'ols --vcov newey-west',
}

const effects = 'Write effects after | in the formula: y ~ x | firm + year.'
const samples = "Write --where 'year == 1995' for one sample; estimateAll estimates on many."
const overTime = 'Write --vcov newey-west --time year --group firm --lags 2, or --vcov driscoll-kraay --time year --lags 2.'
/** Options of other packages. */
const otherOptions: Readonly<Record<string, string>> = {
  fml: 'Write --formula.', subset: samples, if: samples, split: samples, fsplit: samples, absorb: effects, fe: effects, fixef: effects,
  se: 'Write --vcov robust or --cluster a,b.', robust: 'Write --vcov robust.', vce: 'Write --vcov robust or --cluster a,b.', ssc: 'Write --small-sample fixest, stata or none.',
  offset: 'Write offset(log(n)) in the formula.', strata: 'Write strata(v) in the formula.', id: 'Write --group COLUMN.', intpoints: 'Write --nodes N.', liml: 'Write --method liml.', gmm: 'Write --method gmm --vcov robust.', gmm2s: 'Write --method gmm --vcov robust.',
  lag: overTime, bw: overTime, dkraay: overTime, newey: overTime, nw: overTime, dk: overTime, unit: 'Write --group COLUMN.', period: 'Write --time COLUMN.',
  test: 'Write --lincom "x1 - x2"; several are tested together.', dydx: 'Write --margins.', level: 'Write --conf-level 0.9.',
}

/** The models that take a setting, as the help names them. */
const takers = (setting: Setting): string => Object.entries(models).filter(([, { takes }]) => takes.includes(setting)).map(([name]) => name).join(', ')

const options = {
  data: { summary: 'csv, parquet, arrow or dta file', value: 'FILE' },
  formula: { summary: 'outcome ~ regressors | absorbed effects | endogenous ~ instruments', value: 'TEXT' },
  where: { summary: "rows to use, such as \"year == 1995 & trade > 0\"; default all", value: 'CONDITION' },
  ...covarianceOptions,
  weights: { summary: `column of precision weights, variance inverse to the weight (${takers('weights')})`, value: 'COLUMN' },
  frequency: { summary: 'column of frequency weights; alone it says that --weights are frequencies', value: 'COLUMN', bare: true },
  group: { summary: `column of the panel units (${takers('group')}; --vcov newey-west, --conley with --lags)`, value: 'COLUMN' },
  ties: { summary: `tied event times (${takers('ties')}); default efron`, value: 'RULE', choices: ['efron', 'breslow'] },
  method: { summary: `member of the k-class, or two-step GMM weighted by the covariance chosen (${takers('method')}); default 2sls`, value: 'NAME', choices: ['2sls', 'liml', 'fuller', 'gmm'] },
  fuller: { summary: `Fuller's constant with --method fuller (${takers('fuller')}); default 1`, value: 'A' },
  nodes: { summary: `quadrature nodes (${takers('nodes')})`, value: 'N' },
  dynamic: {
    summary: `add the lagged outcome, its initial value and the means of what varies (${takers('dynamic')}); needs --time`, value: 'RULE',
    choices: ['wooldridge', 'rabe-hesketh-skrondal'],
  },
  time: { summary: 'column of the period (--dynamic; --vcov newey-west and driscoll-kraay; --conley keeps periods apart)', value: 'COLUMN' },
  threads: { summary: `threads (${takers('threads')}), the numbers are the same for any; default by the size`, value: 'N' },
  separation: { summary: `what to do with rows predicted perfectly (${takers('separation')}); default error, drop for ppml`, value: 'RULE', choices: ['error', 'drop'] },
  singletons: { summary: `rows alone in a level of an absorbed effect (${takers('singletons')}); default keep`, value: 'RULE', choices: ['keep', 'drop'] },
  'effect-count': { summary: `parameters of absorbed effects: fixest's levels (default), or exact (${takers('effectCount')})`, value: 'RULE', choices: ['levels', 'exact'] },
  lincom: { summary: 'combination of coefficients, such as "x1 + x2" or "x1 - 2*x2 = 1"; several are tested together', value: 'TEXT', multiple: true },
  margins: { summary: 'average partial effects on the probability (logit, probit, cloglog, re-logit, re-probit, re-cloglog)' },
  reset: { summary: 'RESET with these powers of the fitted index, default 2 (ols, ppml, logit, probit, cloglog)', value: 'POWERS', bare: true },
  missing: { summary: 'texts that mean missing, in place of NA and . in numeric columns', value: 'a,b' },
  'value-labels': { summary: 'labelled values of a dta file; default numbers', value: 'KIND', choices: ['numbers', 'text'] },
  encoding: { summary: 'encoding of the text of a dta file; default windows-1252 before Stata 14, utf-8 since', value: 'NAME' },
  'conf-level': { summary: 'coverage of the intervals; default 0.95', value: 'P' },
} as const

type Options = OptionValues<typeof options>

export const command = defineCommand({
  name: 'estimate',
  summary: 'estimate a model from a formula and a file',
  positionals: ['MODEL'],
  kinds: Object.fromEntries(Object.entries(models).map(([name, { summary }]) => [name, summary])),
  otherNames,
  options,
  otherOptions,
  examples: [
    "estimate ols --data wages.csv --formula 'log(wage) ~ educ + exper + I(exper^2)' --vcov robust",
    "estimate iv --data trade.csv --formula 'log(sales) ~ age | firm + year | offshoring ~ shock' --cluster industry",
    "estimate re-logit --data union.parquet --formula 'union ~ married' --group person --dynamic rabe-hesketh-skrondal --time year",
    "estimate ppml --data trade.csv --formula 'trade ~ log(dist) + rta | exporter^year + importer^year' --cluster exporter^importer --reset",
    "estimate fe-logit --data union.parquet --formula 'union ~ married + i(year) | person' --cluster person --json",
  ],
  async run({ positionals: [name], options }, io) {
    const model = models[name!]!
    if (options.data === undefined) throw usageError('estimate needs --data FILE', `Write: reshore estimate ${name} --data FILE --formula TEXT.`)
    if (options.formula === undefined) throw usageError('estimate needs --formula TEXT', `Write: reshore estimate ${name} --data ${options.data} --formula 'y ~ x'.`)
    const [{ parseFormula }, { estimateDocument, estimateText }, { furtherResults }] = await Promise.all([import('../estimate/formula/parse.js'), import('./estimateResult.js'), import('./furtherResults.js')])
    const level = confidenceLevel(options['conf-level'])
    const settings = await modelSettings(name!, model, options)
    const spec = parseFormula(options.formula)
    const selection = options.where === undefined ? undefined : await rowSelection(options.where)

    const started = performance.now()
    const columns = [...new Set([...(await columnsRead(spec, settings)), ...(selection?.columns ?? [])])]
    const reading = readingOptions(options, (text) => io.note(`note: ${text}`))
    const asked = { lincom: options.lincom, level, margins: options.margins, reset: resetPowers(options.reset) }
    const { result, load } = await estimateOn(options.data, columns, reading, started, async (table) => {
      const rows = selection ? selection.rows(table) : table
      const fit = await model.estimate(options.formula!, rows, settings)
      return { fit: selection ? selection.counted(fit, table.numRows) : fit, further: await furtherResults(fit, spec, rows, model, settings, asked) }
    })
    const { fit, further } = result
    for (const { text } of fit.notes) io.note(`note: ${text}`)
    io.result({ ...(await estimateDocument(fit, level, load)), ...further }, () => estimateText(fit, level, further))
  },
})

/** Rows of `--where`, and a fit whose sample counts the others among those left out. */
async function rowSelection(condition: string) {
  const { conditionColumns, whereRows } = await import('../estimate/index.js')
  const reason = `not \`${condition}\``
  return {
    columns: conditionColumns(condition),
    rows: (table: ArrowTable): ArrowTable => whereRows(table, condition),
    counted(fit: Fit, read: number): Fit {
      const rows = read - fit.sample.read
      if (rows === 0) return fit
      const note: Note = { kind: 'sample', text: `${rows} of ${read} rows left out: ${rows} ${reason}.` }
      return { ...fit, sample: { ...fit.sample, read, dropped: [{ reason, rows }, ...fit.sample.dropped] }, notes: [note, ...fit.notes] }
    },
  }
}

function readingOptions(given: Options, note: (text: string) => void): ReadTableOptions {
  const missing = listOption('missing', given.missing)
  const { encoding, 'value-labels': labels } = given
  const stata = encoding === undefined && labels === undefined ? undefined : { encoding, labels }
  return { note, ...(missing && { missing }), ...(stata && { stata }) }
}

/** Estimates on the columns the model reads; where one is missing, on the whole file, so that the error can name close ones. */
async function estimateOn<T>(path: string, columns: readonly string[], reading: ReadTableOptions, started: number, estimate: (table: ArrowTable) => Promise<T>): Promise<{ result: T; load: number }> {
  const { readTable } = await import('../ingest/index.js')
  const read = async (only?: readonly string[]) => {
    const table = await readTable(path, { ...reading, ...(only && { columns: only }) })
    return { table, load: (performance.now() - started) / 1000 }
  }
  try {
    const { table, load } = await read(columns)
    return { result: await estimate(table), load }
  } catch (error) {
    if (!isReshoreError(error) || error.name !== 'MissingColumnError') throw error
    const { table, load } = await read()
    return { result: await estimate(table), load }
  }
}

async function columnsRead(spec: ModelSpec, { vcov, weights, group, dynamic }: ModelSettings): Promise<string[]> {
  const { specColumns } = await import('../estimate/design/specColumns.js')
  return [...new Set([...specColumns(spec), ...(vcov?.columns ?? []), ...[weights, group, dynamic?.time].filter((name) => name !== undefined)])]
}

function resetPowers(text: string | undefined): readonly number[] | undefined {
  if (text === undefined || text === '') return text === undefined ? undefined : [2]
  return listOption('reset', text)!.map((power) => countOption('reset', power, 2)!)
}

function confidenceLevel(text: string | undefined): number {
  const level = numberOption('conf-level', text) ?? 0.95
  if (!(level > 0 && level < 1)) throw usageError(`--conf-level is \`${text}\``, 'Give a number between 0 and 1, such as 0.95.')
  return level
}

async function modelSettings(name: string, model: ModelEntry, given: Options): Promise<ModelSettings> {
  const { weights, weighting } = weightSettings(given)
  const read = covarianceReads(given)
  const settings: ModelSettings = {
    vcov: await covariance(given),
    weights,
    weighting,
    group: model.takes.includes('group') || !read.group ? given.group : undefined,
    separation: given.separation,
    singletons: given.singletons,
    effectCount: given['effect-count'],
    ties: given.ties,
    method: given.method,
    fuller: numberOption('fuller', given.fuller),
    nodes: countOption('nodes', given.nodes, 1),
    ...dynamicSettings(given, read.time),
    threads: countOption('threads', given.threads, 1),
  }
  const extra: readonly Setting[] = ['weights', 'group', 'separation', 'singletons', 'effectCount', 'ties', 'method', 'fuller', 'nodes', 'dynamic', 'threads']
  for (const setting of extra) {
    if (settings[setting] === undefined || model.takes.includes(setting)) continue
    throw usageError(`${name} takes no --${setting === 'weights' && weighting === 'frequency' ? 'frequency' : flagOf(setting)}`,
      model.takes.length === 0 ? 'Leave it out.' : `Beside a covariance it takes ${model.takes.map((taken) => `--${flagOf(taken)}`).join(', ')}.`)
  }
  return settings
}

/** Settings as the command line spells them. */
const flagOf = (setting: Setting): string => setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function dynamicSettings({ dynamic, time }: Options, timeIsRead: boolean): Pick<ModelSettings, 'dynamic'> {
  if (dynamic === undefined && (time === undefined || timeIsRead)) return {}
  if (dynamic === undefined || time === undefined) {
    throw usageError(dynamic === undefined ? '--time without --dynamic or a covariance over time' : '--dynamic needs the column of the period', `Write --dynamic ${dynamic ?? 'wooldridge'} --time COLUMN.`)
  }
  return { dynamic: { initial: dynamic, time } }
}

function weightSettings({ weights, frequency }: Options): Pick<ModelSettings, 'weights' | 'weighting'> {
  if (frequency === undefined) return { weights, weighting: 'precision' }
  if (frequency !== '' && weights !== undefined) throw usageError('--weights and --frequency both name a column', 'A row has one weight: name it once.')
  if (frequency === '' && weights === undefined) throw usageError('--frequency needs a column', 'Write --frequency COLUMN.')
  return { weights: frequency === '' ? weights : frequency, weighting: 'frequency' }
}
