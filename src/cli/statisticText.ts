/** Statistics as the text of `reshore estimate` spells them. */
import type { TestResult } from '../estimate/records.js'

/** Five significant digits, without trailing zeros. */
export function significant(value: number): string {
  return String(Number(value.toPrecision(5)))
}

/** Four decimals; below 1e-4 two significant digits. */
export function probability(value: number): string {
  if (value === 0) return '0'
  return value < 1e-4 ? value.toExponential(1) : value.toFixed(4)
}

/** `F(3, 106) 1074.1 (p 3.8e-79)`. */
export function testText({ statistic, distribution, degrees, pValue }: TestResult): string {
  return `${distribution === 'F' ? 'F' : 'χ²'}(${degrees.join(', ')}) ${significant(statistic)} (p ${probability(pValue)})`
}
