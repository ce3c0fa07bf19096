/** What goes with leaving and with being new: models side by side, and the coefficients. */
import { coefficientFigure, modelColumn, regressionTable, tidy, type PageSection } from 'reshore'
import type { Leaving } from './leaving.js'

const labels: Readonly<Record<string, string>> = {
  'log(km)': 'log distance to headquarters', 'log(workers)': 'log workers', 'log1p(city_others)': 'log (1 + others in the city)',
  'log1p(country_others)': 'log (1 + others elsewhere in the country)', 'log1p(group_others)': 'log (1 + others of the supplier group)',
  'line::equipment': 'equipment', 'line::footwear': 'footwear', 'line::materials': 'materials',
}

export function leavingSection({ cloglog, logit, cox, added }: Leaving): PageSection {
  const columns = [
    modelColumn(cloglog, tidy(cloglog), { name: '(1)', model: 'Grouped hazard', outcome: 'dropped' }),
    modelColumn(logit, tidy(logit), { name: '(2)', model: 'Logit', outcome: 'dropped' }),
    modelColumn(cox, tidy(cox), { name: '(3)', model: 'Cox', outcome: 'dropped' }),
    modelColumn(added, tidy(added), { name: '(4)', model: 'Logit', outcome: 'added' }),
  ]
  return {
    id: 'leaving', title: 'What goes with leaving, and with being new',
    blocks: [
      {
        kind: 'prose',
        text: 'A factory on a list is at risk until the next one. The grouped hazard and the logit have an effect for each interval, which takes ' +
          'its length in; Cox runs over calendar months. Column (4) is about the factories on a list after the first: which of them were not on ' +
          'the one before. The other factories of the buyer around are those of the same list for (1) to (3), of the list before for (4).\n\n' +
          'Distances are to the main city of the country, at home the mean distance inside it: they say nothing about places within a country.',
      },
      regressionTable('leaving-models', 'Not on the next list, and not on the list before', columns, {
        stars: [0.1, 0.05, 0.01], labels, unitName: 'factories on a list', indicators: [{ label: 'Interval effects', prefix: 'wave::' }],
        omit: ['(Intercept)'], notes: ['Apparel is the reference.'],
      }),
      coefficientFigure(
        {
          id: 'leaving-coefficients', title: 'What goes with leaving',
          caption: 'Grouped hazard, 95 % intervals clustered by city: above zero, factories leave sooner.',
        },
        columns.slice(0, 1),
        { labels, omit: cloglog.terms.filter((term) => term === '(Intercept)' || term.startsWith('wave::')), unitName: 'factories on a list' },
      ),
    ],
  }
}
