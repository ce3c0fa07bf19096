/** ANY RECORD -> PAGE: tables, figures and one self-contained page. */
export type * from './records.js'
