/** Pure maths: no I/O, no tables, no imports of ours. */
export * from './hull.js'
export * from './powerMean.js'
export * from './random.js'
export * from './deltaMethod.js'
export * from './greatCircle.js'
export * from './quadrature.js'
export * from './linearAlgebra.js'
export * from './crossProducts.js'
