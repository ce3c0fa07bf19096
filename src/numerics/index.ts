/** Pure maths: no I/O, no tables, no imports of ours. */
export * from './random.js'
