/** Words for the terms of the Italian models, and the planted parameters they estimate. */
import type { Study } from '../offshoring/study.js'

export const labels: Study['labels'] = {
  active_initial: 'active in 2005',
  active_lag1: 'active, t−1',
  export_share_lag1: 'export share, t−1',
  market_extension_lag1: 'market extension, t−1',
  credit_lag1: 'access to credit, t−1',
  value_added_per_employee_lag1: 'value added per employee, t−1',
  employees_lag1: 'employees, t−1',
  supplier: 'supplier',
  district: 'industrial district',
  fdi_neighbours: 'investors abroad in the province, t−1',
  neighbours: 'offshore outsourcers in the province, t−1',
  'sector::footwear': 'footwear',
  foreign_share: 'foreign share of subcontracting, %',
  profits: 'profits',
  wage_per_employee: 'wage cost per employee',
  roi: 'return on investment',
  employees: 'employees',
  migrant_firms: 'migrant firms in the province',
  export_share_before: 'export share, before the start',
  here_before: 'offshore outsourcers in the province, before the start',
}

/** Parameters of `truth.json` -> terms. */
export const planted: Study['planted'] = {
  entry: {
    initial: 'active_initial',
    lag: 'active_lag1',
    exportShare: 'export_share_lag1',
    marketExtension: 'market_extension_lag1',
    credit: 'credit_lag1',
    valueAddedPerEmployee: 'value_added_per_employee_lag1',
    employees: 'employees_lag1',
    supplier: 'supplier',
    district: 'district',
    fdiNeighbours: 'fdi_neighbours',
    offshoringNeighbours: 'neighbours',
    footwear: 'sector::footwear',
  },
  exit: { foreignShare: 'foreign_share', profits: 'profits', wagePerEmployee: 'wage_per_employee', roi: 'roi' },
}
