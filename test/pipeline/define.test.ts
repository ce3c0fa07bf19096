import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Relation } from '../../src/engine/records.js'
import { definePipeline, type Flow, type Step } from '../../src/pipeline/define.js'

const plan = (steps: (flow: Flow) => void) => definePipeline({ name: 'test', description: '', steps }).plan({})
const constant = { stage: 'ingest', run: () => ({ a: 1 }) } as const

describe('definePipeline', () => {
  it('gives steps in order, with what they read', () => {
    const steps = plan(({ step }) => {
      const first = step('first', constant)
      step('second', {
        stage: 'features',
        inputs: { first },
        options: { lag: 1 },
        run: ({ first: { a } }, { options }) => ({ b: a + options.lag }),
      })
    })
    expect(steps.map(({ name }) => name)).toEqual(['first', 'second'])
    expect(steps[1]!.inputs.first).toBe(steps[0])
  })

  it("types a step's inputs by what the earlier step returns, and settings by their defaults", () => {
    definePipeline({
      name: 'types',
      description: '',
      settings: { nodes: 12, label: 'x', exact: true },
      steps({ step, settings }) {
        expectTypeOf(settings).toEqualTypeOf<{ readonly nodes: number; readonly label: string; readonly exact: boolean }>()
        const raw = step('raw', {
          stage: 'ingest',
          files: { survey: '*.csv' },
          run: (_, { engine, files }) => ({ firms: engine.scan(files.survey[0]!, 'csv') }),
        })
        expectTypeOf(raw).toEqualTypeOf<Step<{ firms: Relation }>>()
        const later = step('later', {
          stage: 'estimate',
          inputs: { raw },
          run: async ({ raw: { firms } }) => ({ key: firms.key }),
        })
        expectTypeOf(later).toEqualTypeOf<Step<{ key: readonly string[] }>>()
        // @ts-expect-error an output the earlier step does not make
        step('wrong', { stage: 'estimate', inputs: { raw }, run: ({ raw: { panel } }) => ({ panel }) })
      },
    })
  })

  it.each([
    ['a bad step name', ({ step }: Flow) => void step('Not good', constant), "a step's name is `Not good`"],
    [
      'a name twice',
      ({ step }: Flow) => {
        step('a', constant)
        step('a', constant)
      },
      'two steps are named a',
    ],
    ['no steps', () => {}, 'has no steps'],
    [
      'options that are not JSON',
      ({ step }: Flow) => void step('a', { ...constant, options: { x: NaN } }),
      'the options of step a are not JSON',
    ],
    [
      "another pipeline's step",
      ({ step }: Flow) => void step('b', { stage: 'features', inputs: { a: foreign() }, run: () => ({}) }),
      'input a of step b is not an earlier step',
    ],
  ])('refuses %s', (_, steps, message) => {
    expect(() => plan(steps)).toThrow(message)
  })

  it('refuses a bad name', () => {
    expect(() => definePipeline({ name: 'Italy 2008', description: '', steps() {} })).toThrow(
      "the pipeline's name is `Italy 2008`",
    )
  })
})

function foreign(): Step<{ a: number }> {
  return plan(({ step }) => void step('a', constant))[0] as Step<{ a: number }>
}
