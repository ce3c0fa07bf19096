/** Bad input through the real command line: one message with a name and a remedy, exit code 1 or 2, nothing else. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { reshore, root, temporaryFolder } from './cli.js'

const folder = temporaryFolder()
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const table = file(
  'table.csv',
  `y,x,twice,g,t\n${Array.from({ length: 40 }, (_, i) => `${i % 2},${(i * i) % 17},${2 * ((i * i) % 17)},${i % 4},${i + 1}`).join('\n')}\n`,
)
const separated = file('separated.csv', 'y,x\n1,2\n1,1\n0,0\n0,-1\n1,3\n0,-3\n')
const empty = file('empty.csv', 'y,x\n')
const allMissing = file('missing.csv', 'y,x\n1,\n0,\n')
const survey = join(root, 'fixtures/data/italy/survey_2008.csv')
const schema = join(root, 'pipelines/italy.schema.json')
const snake = join(root, 'fixtures/data/examples/snake.json')
const out = join(folder, 'out.parquet')
const nan = file(
  'nan.json',
  '{"order": 1, "length": 1, "costs": [[1, -2]], "tradeCosts": [[0, 1], [1, 0]], "form": "specific", "destination": null, "tau": 1}',
)
const unknownKey = file(
  'key.json',
  '{"order": 1, "length": 1, "cost": [[1]], "tradeCosts": [[0]], "form": "specific", "destination": null, "tau": 1}',
)

const estimate = (model: string, data: string, formula: string, ...more: string[]): string[] => [
  'estimate',
  model,
  '--data',
  data,
  '--formula',
  formula,
  ...more,
]

describe('bad input', () => {
  it.each([
    [
      'a formula that names a missing column',
      estimate('ols', table, 'y ~ xx'),
      2,
      'MissingColumnError: no column `xx`',
      'Did you mean `x`?',
    ],
    ['a formula that is none', estimate('ols', table, 'y ~ x +'), 2, 'FormulaError', 'column 8'],
    [
      'a cluster that is no column',
      estimate('ols', table, 'y ~ x', '--cluster', 'nope'),
      2,
      'MissingColumnError',
      'The columns are',
    ],
    [
      'a perfectly separated regressor',
      estimate('logit', separated, 'y ~ x'),
      1,
      'SeparationError: `x` predicts `y` perfectly',
      'Drop it',
    ],
    ['an outcome that is not 0/1', estimate('logit', table, 'x ~ g'), 1, 'OutcomeError', 'in row 3'],
    ['an outcome of another kind', estimate('cox', table, 'y ~ x'), 2, 'UnsupportedError', 'surv('],
    [
      'an outcome that never happens',
      estimate('cox', file('quiet.csv', 'time,event,x\n1,0,1\n2,0,2\n'), 'surv(time, event) ~ x'),
      1,
      'NoEventsError',
      '',
    ],
    ['a table without rows', estimate('probit', empty, 'y ~ x'), 1, 'EmptySampleError', ''],
    [
      'rows that are all missing',
      estimate('ols', allMissing, 'y ~ x'),
      1,
      'EmptySampleError: none of 2 rows is left: 2 missing `x`',
      '--missing',
    ],
    [
      'a data file that is not there',
      estimate('ols', join(folder, 'nowhere.csv'), 'y ~ x'),
      1,
      'FileError',
      'Check that the path exists',
    ],
    ['a data file of an unknown kind', estimate('ols', file('data.xyz', ''), 'y ~ x'), 2, 'FormatError', '.csv'],
    ['an unknown model', estimate('lgoit', table, 'y ~ x'), 2, 'UsageError', 'Did you mean logit?'],
    [
      'a wrong encoding',
      ['ingest', survey, '--schema', schema, '--encoding', 'utf-8', '--out', out],
      1,
      'EncodingError',
      'It could be windows-1252',
    ],
    [
      'an unknown encoding',
      ['ingest', survey, '--schema', schema, '--encoding', 'utf-99', '--out', out],
      2,
      'EncodingError',
      'shift_jis',
    ],
    [
      'an output folder that cannot be',
      ['ingest', survey, '--schema', schema, '--out', '/dev/null/out.parquet'],
      1,
      'NotWritableError',
      '',
    ],
    ['a schema that is no JSON', ['ingest', survey, '--schema', table, '--out', out], 2, 'SchemaError', 'docs/ingest.md'],
    ['a problem that is no JSON', ['solve', 'tree', '--problem', table], 2, 'ProblemError', ''],
    ['a problem of another kind', ['solve', 'chain', '--problem', snake], 2, 'ProblemError: chain problem, order: is not a key', 'The keys of this document are'],
    ['a problem with an unknown key', ['solve', 'tree', '--problem', unknownKey], 2, 'ProblemError: tree problem', 'cost'],
    ['a negative cost', ['solve', 'tree', '--problem', nan], 2, 'ProblemError: tree problem, costs[0][1]', ''],
    [
      'a survey that cannot be written',
      ['simulate', 'italy', '--firms', '100', '--out', '/dev/null/survey'],
      1,
      'NotWritableError',
      '',
    ],
    ['a folder without a run', ['report', folder], 2, 'RunRecordError', 'run.json'],
  ])('%s', async (_, words, exitCode, message, remedy) => {
    const { code, stdout, stderr } = await reshore([...words, '--json'])
    expect([code, stderr]).toEqual([exitCode, expect.stringContaining(message)])
    expect(stderr).toContain(remedy)
    expect(stderr).not.toMatch(/^\s+at /m)
    const { error } = JSON.parse(stdout) as { error: { name: string; message: string; remedy: string } }
    expect(error.name).not.toBe('Defect')
    expect(error.remedy.length).toBeGreaterThan(5)
  })

  it('a singular design is no failure: what is left out is named', async () => {
    const { code, stdout } = await reshore([...estimate('ols', table, 'y ~ x + twice'), '--json'])
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ collinear: [expect.objectContaining({ term: 'twice', with: ['x'] })] }),
    ])
  })
})
