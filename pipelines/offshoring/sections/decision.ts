/** Who starts and who stays: the binary models side by side, the coefficients, and what was planted. */
import { coefficientFigure, modelColumn, regressionTable, tidy, type Fit, type PageSection, type TableModel } from 'reshore'
import type { AnyStudy } from '../study.js'
import { factorRows } from '../../shared/words.js'

export interface EntryFits {
  readonly logit: Fit
  readonly probit: Fit
  readonly reProbit: Fit
}

export function decisionSection(study: AnyStudy, { logit, probit, reProbit }: EntryFits, planted?: TableModel): PageSection {
  const columns = [logit, probit, reProbit].map((fit, index) =>
    modelColumn(fit, tidy(fit), { name: `(${index + 1})`, outcome: study.words.activity }),
  )
  const figure = coefficientFigure(
    {
      id: 'entry-coefficients',
      title: `What goes with ${study.words.activity} next year`,
      caption:
        'Estimates with 95 % intervals, clustered by unit. Logit and probit are on different scales, by a factor of about 1.7.',
    },
    columns,
    { labels: study.labels, omit: logit.terms.filter(isNuisance), unitName: study.words.units },
  )
  return {
    id: 'decision',
    title: 'Who starts and who stays',
    blocks: [
      {
        kind: 'prose',
        text:
          "Binary models with the initial condition, the lag, last year's covariates and their firm means (correlated effects). " +
          'Without a random effect the lag also carries what does not change within a unit.',
      },
      regressionTable('entry', `The decision: ${study.words.activity}`, columns, {
        stars: [0.1, 0.05, 0.01],
        labels: study.labels,
        unitName: study.words.units,
        omit: [...logit.terms].filter((term) => term.endsWith('_mean')),
        indicators: factorRows(logit),
        notes: ['Firm means of the lagged covariates are included.'],
      }),
      figure,
      ...(planted === undefined ? [] : [planted]),
    ],
  }
}

/** Terms without a reading of their own. */
function isNuisance(term: string): boolean {
  return term === '(Intercept)' || term.includes('::') || term.endsWith('_mean')
}
