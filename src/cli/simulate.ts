/** `reshore simulate`: synthetic microdata with the parameters that made them. */
import { resolve } from 'node:path'
import type { GravityOptions, GravityTruth, ItalyOptions, ItalyTruth, JapanOptions, JapanTruth } from '../simulate/index.js'
import { countOption, numberOption, usageError } from './arguments.js'
import { defineCommand } from './command.js'

const surveys = {
  italy: 'firms, their yearly accounts and what they subcontract abroad (docs/simulated-survey.md)',
  japan: 'firms, and buyer-supplier links as both sides report them (docs/simulated-links.md)',
  gravity: 'yearly trade flows between sellers and buyers, many of them zero',
} as const
type Survey = keyof typeof surveys
/** Options beside `out`, `firms` and `seed`, by survey. */
const own = {
  italy: ['clean', 'link', 'exits', 'prevalence', 'spillover'],
  japan: ['clean', 'exponent', 'links', 'setting', 'values'],
  gravity: ['links'],
} as const satisfies Record<Survey, readonly string[]>

export const command = defineCommand({
  name: 'simulate',
  summary: 'write synthetic microdata with the true parameters beside them',
  positionals: ['SURVEY'],
  kinds: surveys,
  options: {
    out: { value: 'DIR', summary: 'folder for the raw files and truth.json' },
    firms: { value: 'N', summary: 'firms of the survey (italy 17338, japan a fifth of the links, gravity 60)' },
    seed: { value: 'S', summary: 'same seed, same bytes (1)' },
    clean: { summary: 'italy, japan: without the dirty lines' },
    links: { value: 'N', summary: 'about: buyer-supplier links of 2005 (japan 50000), positive flows (gravity half of them)' },
    values: { summary: 'japan: both sides report what a link is worth' },
    setting: { value: 'NAME', choices: ['baseline', 'opening'], summary: 'japan: planted parameters: baseline (default), or opening: starters add near, differentiated suppliers' },
    exponent: { value: 'E', summary: 'japan: one e_k for all inputs, at most 1.5 (0.3 to 1.6 by input)' },
    link: { value: 'LINK', choices: ['probit', 'logit'], summary: 'italy: errors of the outcome equation: probit (default) or logit' },
    exits: { value: 'RULE', choices: ['dynamic', 'hazard'], summary: 'italy: returns follow the outcome equation (dynamic) or Table 3 alone' },
    prevalence: { value: 'SHARE', summary: 'italy: share of firm-years that are active (0.043)' },
    spillover: { value: 'B', summary: 'italy: effect of one more active neighbour (0.018)' },
  },
  async run({ positionals: [survey], options }, io) {
    const allowed: readonly string[] = own[survey as Survey]
    const foreign = Object.values(own).flat().find((name) => !allowed.includes(name) && options[name] !== undefined && options[name] !== false)
    if (foreign !== undefined) {
      throw usageError(`${survey} has no --${foreign}`, 'Leave it out; `reshore simulate --help` says which survey has which option.')
    }
    if (options.out === undefined) throw usageError('simulate needs --out', 'Name a folder for the files: --out DIR.')
    const { truth, text } = await simulated(survey as Survey, options, options.out)
    for (const line of truth.notes) io.note(line)
    if (survey !== 'gravity') io.note(`${truth.dirt.length} dirty lines are listed in truth.json.`)
    const folder = resolve(options.out)
    io.result({ folder, ...truth }, () => `${text}\n\n${folder}`)
  },
})

type Truth = ItalyTruth | JapanTruth | GravityTruth

/** Writes the files; the truth, and what of it the command prints. */
async function simulated(survey: Survey, options: GivenOptions, out: string): Promise<{ truth: Truth; text: string }> {
  const { simulateGravity, simulateItaly, simulateJapan, targetTable } = await import('../simulate/index.js')
  if (survey === 'italy') {
    const truth = await simulateItaly({ ...italyOptions(options), out })
    return { truth, text: targetTable(truth.targets) }
  }
  if (survey === 'japan') {
    const truth = await simulateJapan({ ...japanOptions(options), out })
    return { truth, text: japanCounts(truth) }
  }
  const truth = await simulateGravity({ ...gravityOptions(options), out })
  return { truth, text: `${truth.links} of ${truth.rows['flows.csv']} flows are positive` }
}

type GivenOptions = Readonly<Record<'firms' | 'seed' | 'links' | 'link' | 'exits' | 'prevalence' | 'spillover' | 'setting' | 'exponent', string | undefined>> & {
  readonly clean: boolean
  readonly values: boolean
}

/** Only what was given: the defaults are `simulateItaly`'s. */
function italyOptions(options: GivenOptions): ItalyOptions {
  return given({
    firms: countOption('firms', options.firms, 100),
    seed: countOption('seed', options.seed, 0),
    link: options.link as ItalyOptions['link'],
    exits: options.exits as ItalyOptions['exits'],
    prevalence: numberOption('prevalence', options.prevalence),
    spillover: numberOption('spillover', options.spillover),
    dirt: options.clean ? false : undefined,
  })
}

function japanOptions(options: GivenOptions): JapanOptions {
  return given({
    firms: countOption('firms', options.firms, 500),
    links: countOption('links', options.links, 250),
    seed: countOption('seed', options.seed, 0),
    setting: options.setting as JapanOptions['setting'],
    exponent: numberOption('exponent', options.exponent),
    values: options.values,
    dirt: options.clean ? false : undefined,
  })
}

function gravityOptions(options: GivenOptions): GravityOptions {
  return given({
    firms: countOption('firms', options.firms, 10),
    links: countOption('links', options.links, 1),
    seed: countOption('seed', options.seed, 0),
  })
}

function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>
}

function japanCounts({ reports, changes, offshoring }: JapanTruth): string {
  const lines = reports.map(({ year, links, byBoth, byBuyer, bySupplier, lost }) =>
    `${year}: ${links} links, ${byBoth} reported by both sides, ${byBuyer} by the buyer, ${bySupplier} by the supplier, ${lost} by neither`)
  const firms = Object.entries(offshoring).map(([state, count]) => `${state} ${count}`).join(', ')
  return [...lines, `links: continue ${changes.continue}, add ${changes.add}, drop ${changes.drop}`, `foreign sourcing: ${firms}`].join('\n')
}
