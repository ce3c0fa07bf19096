/** `reshore simulate`: synthetic microdata with the parameters that made them. */
import { resolve } from 'node:path'
import type { ItalyOptions } from '../simulate/index.js'
import { countOption, numberOption, suggestion, usageError } from './arguments.js'
import { defineCommand } from './command.js'

const surveys = ['italy'] as const

export const command = defineCommand({
  name: 'simulate',
  summary: 'write synthetic microdata with the true parameters beside them',
  positionals: ['italy'],
  options: {
    out: { value: 'DIR', summary: 'folder for the raw files and truth.json' },
    firms: { value: 'N', summary: 'firms of the survey (17338)' },
    seed: { value: 'S', summary: 'same seed, same bytes (1)' },
    link: { value: 'LINK', choices: ['probit', 'logit'], summary: 'errors of the outcome equation: probit (default) or logit' },
    exits: { value: 'RULE', choices: ['dynamic', 'hazard'], summary: 'returns follow the outcome equation (dynamic) or Table 3 alone' },
    prevalence: { value: 'SHARE', summary: 'share of firm-years that are active (0.043)' },
    spillover: { value: 'B', summary: 'effect of one more active neighbour (0.018)' },
    clean: { summary: 'without the dirty lines' },
  },
  async run({ positionals: [survey], options }, io) {
    if (!(surveys as readonly (string | undefined)[]).includes(survey)) {
      throw usageError(`there is no survey \`${survey}\``, `${suggestion(survey ?? '', surveys)} Allowed: ${surveys.join(', ')}.`)
    }
    if (options.out === undefined) throw usageError('simulate needs --out', 'Name a folder for the files: --out DIR.')
    const { simulateItaly, targetTable } = await import('../simulate/index.js')
    const truth = await simulateItaly({ ...italyOptions(options), out: options.out })
    for (const line of [...truth.notes, `${truth.dirt.length} dirty lines are listed in truth.json.`]) io.note(line)
    const folder = resolve(options.out)
    io.result({ folder, ...truth }, () => `${targetTable(truth.targets)}\n\n${folder}`)
  },
})

type GivenOptions = Readonly<Partial<Record<keyof Omit<ItalyOptions, 'dirt'>, string>>> & { readonly clean: boolean }

/** Only what was given: the defaults are `simulateItaly`'s. */
function italyOptions(options: GivenOptions): ItalyOptions {
  const given = {
    firms: countOption('firms', options.firms, 100),
    seed: countOption('seed', options.seed, 0),
    link: options.link as ItalyOptions['link'],
    exits: options.exits as ItalyOptions['exits'],
    prevalence: numberOption('prevalence', options.prevalence),
    spillover: numberOption('spillover', options.spillover),
    dirt: options.clean ? false : undefined,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
