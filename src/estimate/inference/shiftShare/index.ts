/** FIT -> what a shift-share regression says of its shocks. */
export { shiftShareInference, type ShiftShareInference, type ShiftShareInferenceOptions } from './shiftShareInference.js'
export { shockLevelRegression, type ShockLevelOptions, type ShockLevelRegression } from './shockLevel.js'
