/** FIT -> what a shift-share regression says of its shocks. */
export { shiftShareBalance, type BalanceOptions, type BalanceRow } from './balance.js'
export { shiftShareInference, type ShiftShareInference, type ShiftShareInferenceOptions } from './shiftShareInference.js'
export { shockLevelRegression, type ShockLevelRegression } from './shockLevel.js'
