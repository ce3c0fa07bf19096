/** Who comes back: Cox beside its grouped-time twin, survival curves, the test of proportional hazards, and what was planted. */
import {
  dataTable,
  modelColumn,
  regressionTable,
  survivalFigure,
  tidy,
  type CurveRecord,
  type Fit,
  type PageSection,
  type ProportionalityTest,
  type TableModel,
} from 'reshore'
import type { AnyStudy } from '../study.js'
import { factorRows } from '../../shared/words.js'

export interface ExitFits {
  readonly cox: Fit<'cox'>
  readonly cloglog: Fit
  readonly survival: readonly CurveRecord[]
  readonly proportionality: readonly ProportionalityTest[]
}

export function returnSection(
  { words, labels }: AnyStudy,
  { cox, cloglog, survival, proportionality }: ExitFits,
  planted?: TableModel,
): PageSection {
  const curves = survivalFigure(
    {
      id: 'survival',
      title: `How long ${words.activity} lasts`,
      caption: 'Predicted from the Cox model at the means of its covariates.',
    },
    survival,
    { timeLabel: 'years since the start', valueLabel: 'still active', unitName: words.units },
  )
  return {
    id: 'return',
    title: 'Who comes back',
    blocks: [
      regressionTable(
        'exit',
        `The end of ${words.activity}: hazard ratios`,
        [
          modelColumn(cox, tidy(cox), { name: '(1)', outcome: 'stop' }),
          modelColumn(cloglog, tidy(cloglog), { name: '(2)', outcome: 'stop' }),
        ],
        {
          scale: 'ratio',
          below: 'interval',
          labels,
          unitName: words.units,
          indicators: factorRows(cloglog, { stop: 'Years since start' }),
          omit: ['(Intercept)'],
        },
      ),
      curves,
      dataTable(
        'proportional-hazards',
        'Are hazards proportional? Schoenfeld residuals against time',
        proportionality.map((test) => ({ ...test })),
        {
          columns: [
            { key: 'term', label: 'Term', role: 'label' },
            { key: 'statistic', label: 'χ²', format: { decimals: 2 } },
            { key: 'degreesOfFreedom', label: 'd.f.', format: 'integer' },
            { key: 'pValue', label: 'p', format: 'p-value' },
          ],
        },
      ),
      ...(planted === undefined ? [] : [planted]),
    ],
  }
}

