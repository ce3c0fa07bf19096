import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { definePipeline } from '../../src/pipeline/define.js'
import type { LoadedPipeline } from '../../src/pipeline/load.js'
import { hashFiles, planRun, stepFiles } from '../../src/pipeline/plan.js'

const data = mkdtempSync(join(tmpdir(), 'reshore-plan-'))
for (const name of ['survey_2006.csv', 'survey_2005.csv', 'areas.csv', 'a.b.csv', 'aXb.csv'])
  writeFileSync(join(data, name), name)
mkdirSync(join(data, 'more'))
writeFileSync(join(data, 'more/x.csv'), 'x')

const loaded: LoadedPipeline = {
  file: '/somewhere/test.ts',
  code: [],
  pipeline: definePipeline({
    name: 'test',
    description: '',
    settings: { nodes: 12, label: 'a', exact: true, factor: -0.5 },
    steps({ step, settings, minCell }) {
      step('raw', {
        stage: 'ingest',
        files: { surveys: 'survey_*.csv', areas: 'areas.csv', dotted: 'a.*.csv', below: 'more/*.csv' },
        options: { ...settings, minCell: minCell ?? 0 },
        run: () => ({}),
      })
    },
  }),
}
const plan = (settings: Record<string, string> = {}) => planRun(loaded, { data, settings })

describe('planRun', () => {
  it('reads settings as the type of their default and hands them to the steps', () => {
    expect(plan({ nodes: '30', label: '7', exact: 'false', factor: '1e-3' }).settings).toEqual({
      nodes: 30,
      label: '7',
      exact: false,
      factor: 0.001,
    })
    expect(planRun(loaded, { data, minCell: 5 }).steps[0]!.options).toEqual({
      nodes: 12,
      label: 'a',
      exact: true,
      factor: -0.5,
      minCell: 5,
    })
  })

  it.each([
    [{ node: '3' }, 'there is no setting node'],
    [{ nodes: '' }, 'setting nodes is ``'],
    [{ exact: 'yes' }, 'setting exact is `yes`'],
    [{ toString: 'x' }, 'there is no setting toString'],
  ])('refuses %o', (settings, message) => {
    expect(() => plan(settings as unknown as Record<string, string>)).toThrow(message)
  })

  it('needs a data folder when a step reads files and the pipeline names none', () => {
    expect(() => planRun(loaded, {})).toThrow('pipeline test needs a data folder')
  })
})

describe('raw files of a step', () => {
  const step = plan().steps[0]!

  it('are those that match, in name order', () => {
    const files = stepFiles(step, data)
    expect(Object.fromEntries(Object.entries(files).map(([name, paths]) => [name, paths.map((path) => basename(path))]))).toEqual(
      {
        surveys: ['survey_2005.csv', 'survey_2006.csv'],
        areas: ['areas.csv'],
        dotted: ['a.b.csv'],
        below: ['x.csv'],
      },
    )
  })

  it('are hashed under their names below the data folder', async () => {
    const hashed = await hashFiles(stepFiles(step, data), data)
    expect(hashed.map(({ path }) => path)).toEqual(['a.b.csv', 'areas.csv', 'more/x.csv', 'survey_2005.csv', 'survey_2006.csv'])
    expect(hashed[2]).toEqual({
      path: 'more/x.csv',
      bytes: 1,
      sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    })
  })
})
