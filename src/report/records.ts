/**
 * Records of the report stage: what a table, a figure and a page hold. Types only; any stage may import them.
 *
 * They are plain JSON: numbers and facts, never formatted text, never markup. One table goes to five renderers, a figure is
 * its data until it is drawn, and a page is rebuilt from its record alone.
 */
export type * from './tables/records.js'
export type * from './figures/records.js'
export type * from './page/records.js'
