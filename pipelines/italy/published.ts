/** What Canello and Pavone print: Tables 1 to 3, as published. Standard errors and counts that they do not print are not here. */

/** Table 2: the dynamic random-effects model of offshore outsourcing, coefficient and standard error by term of ours. */
export const publishedEntry: Readonly<Record<string, readonly [coefficient: number, stdError: number]>> = {
  active_initial: [0.527, 0.039],
  active_lag1: [2.531, 0.032],
  export_share_lag1: [-0.019, 0.05],
  market_extension_lag1: [0.132, 0.037],
  credit_lag1: [0.095, 0.058],
  value_added_per_employee_lag1: [0.001, 0],
  supplier: [0.094, 0.063],
  district: [-0.055, 0.035],
  fdi_neighbours: [-0.011, 0.01],
  neighbours: [0.018, 0.002],
}

/** Table 3: hazard ratios of coming back; no standard errors are given. The first is printed as `0..981`. */
export const publishedExit: Readonly<Record<string, { readonly ratio: number; readonly stars: string }>> = {
  foreign_share: { ratio: 0.981, stars: '***' },
  supplier: { ratio: 1.199, stars: '**' },
  profits: { ratio: 0.643, stars: '***' },
  export_share_before: { ratio: 1, stars: '' },
  wage_per_employee: { ratio: 0.99, stars: '***' },
  roi: { ratio: 1, stars: '***' },
  employees: { ratio: 0.984, stars: '***' },
  here_before: { ratio: 0.994, stars: '***' },
  migrant_firms: { ratio: 1, stars: '*' },
}

/** Groups of Table 1, in its order. */
export const groups = ['clothing, outsourcing', 'clothing, FDI', 'footwear, outsourcing', 'footwear, FDI'] as const

export type AverageName = 'firms' | 'duration' | 'turnover' | 'employees' | 'exportShare' | 'foreignCost' | 'italianCost' | 'subsidiaries' | 'district'

/** Table 1: averages 2007-2012 by group. */
export const publishedAverages: Readonly<Record<AverageName, readonly (number | null)[]>> = {
  firms: [486, 322, 255, 105],
  duration: [3.02, 3.86, 2.81, 4.11],
  turnover: [2_333_955, 41_626_846, 2_886_648, 45_109_899],
  employees: [12.23, 168, 17.23, 165],
  exportShare: [18.35, null, 36, null],
  foreignCost: [684_464, null, 293_064, null],
  italianCost: [324_555, null, 275_670, null],
  subsidiaries: [null, 2.31, null, 2.68],
  district: [22, null, 47, null],
}
