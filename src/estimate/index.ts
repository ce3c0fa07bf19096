/** TABLE -> FIT: formulas, designs, models, covariances, inference. */
export type * from './records.js'
