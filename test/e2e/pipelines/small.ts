/** A pipeline small enough to be killed and resumed many times: raw rows, a table, two records, one of them slow. */
import { dataTable, definePipeline, ReshoreError, relation, sql } from 'reshore'
import { meanOf } from './small-mean.js'

export default definePipeline({
  name: 'small',
  description: 'Mean output of a few firms.',
  data: 'small-data',
  settings: { power: 1, seed: 7, fail: false },
  steps({ step, settings }) {
    const raw = step('raw', {
      stage: 'ingest',
      files: { firms: 'firms-*.csv' },
      run(_, { engine, files, flow }) {
        const [first] = files.firms
        flow({ id: 'firms', label: 'firms', kind: 'file', from: [], rows: 4, dropped: [] })
        return {
          firms: relation(
            'firms',
            { key: ['firm'] },
            sql`SELECT CAST(firm AS INTEGER) AS firm, CAST(output AS DOUBLE) AS output FROM ${engine.scan(first!, 'csv')}`,
          ),
        }
      },
    })
    const powered = step('powered', {
      stage: 'features',
      inputs: { raw },
      options: { power: settings.power },
      run: ({ raw: { firms } }, { options }) => ({
        firms: relation('powered', { key: ['firm'] }, sql`SELECT firm, pow(output, ${options.power}) AS output FROM ${firms}`),
      }),
    })
    const mean = step('mean', {
      stage: 'estimate',
      inputs: { powered },
      options: { fail: settings.fail },
      async run({ powered: { firms } }, { engine, options, progress, note }) {
        const table = await engine.query(firms)
        // Only how long it takes may come from outside: the test kills the run in here.
        const wait = Number(process.env.SMALL_WAIT ?? 0)
        for (let i = 0; i < wait; i++) {
          await new Promise((resolve) => setTimeout(resolve, 10))
          progress(i / wait)
        }
        if (options.fail) throw new ReshoreError('EmptySampleError', 'no rows are left', 'Loosen the filter.')
        note('the mean is a mean')
        const output = Float64Array.from(table.getChild('output')!.toArray() as Float64Array)
        return { mean: { value: meanOf(output), output, long: Float64Array.from({ length: 1000 }, (_, i) => Math.sqrt(i)) } }
      },
    })
    const double = step('double', {
      stage: 'calibrate',
      inputs: { mean },
      run: ({
        mean: {
          mean: { value, long },
        },
      }) => ({ double: { value: 2 * value, last: long.at(-1)! } }),
    })
    step('page', {
      stage: 'report',
      inputs: { mean, double },
      run: ({ mean: { mean }, double: { double } }) => ({
        page: {
          title: 'A few <firms>',
          highlights: [
            { label: 'mean', value: mean.value },
            { label: 'double', value: double.value },
          ],
          sections: [
            {
              id: 'outputs',
              title: 'Outputs',
              blocks: [
                dataTable(
                  'regions',
                  'Firms by region',
                  [
                    { region: '=North', firms: 12 },
                    { region: 'South', firms: 3 },
                    { region: 'East', firms: 9 },
                  ],
                  {
                    columns: [
                      { key: 'region', label: 'Region', role: 'label' },
                      { key: 'firms', label: 'Firms', role: 'count' },
                    ],
                  },
                ),
              ],
            },
          ],
          scenarios: [],
          assumptions: [],
          notes: [],
        },
      }),
    })
  },
})
