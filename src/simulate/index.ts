/** truth -> raw files: synthetic microdata with its dirt and its truth. */
export * from './records.js'
export { drawItaly, simulateItaly, type ItalyOptions, type ItalySurvey } from './simulateItaly.js'
export { targetTable } from './italy/targets.js'
export { drawJapan, reportsOf, simulateJapan, type JapanDraw, type JapanOptions } from './simulateJapan.js'
export { simulateGravity, type GravityOptions } from './simulateGravity.js'
export { simulateSupplierLists, type SupplierListOptions, type SupplierLists } from './suppliers/simulateSupplierLists.js'
