/**
 * Numbers as readers expect them: a true minus sign, thousands set off by commas, digits that mean something.
 * The same strings go to every renderer; LaTeX and CSV translate or bypass them.
 */
import { ReshoreError } from '../../errors.js'
import type { NumberFormat } from './records.js'

const minus = '\u2212'
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'
/** Beyond these a plain decimal is harder to read than a power of ten. */
const smallestPlain = 1e-5
const largestPlain = 1e15

/**
 * A number as text. Without a format whole numbers print in full and others with four significant digits.
 * Infinity prints as ∞; NaN is an error, because a page must never print one.
 *
 * @example formatNumber(-1234.5, { decimals: 2 }) // '−1,234.50'
 */
export function formatNumber(value: number, format?: NumberFormat): string {
  if (Number.isNaN(value)) {
    throw new ReshoreError(
      'NotANumberError',
      'A table or figure holds a value that is not a number.',
      'Give null where there is no value.',
    )
  }
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${minus}∞`
  if (format === undefined) return Number.isInteger(value) ? withThousands(value, 0) : significant(value, 4)
  if (format === 'integer') return withThousands(value, 0)
  if (format === 'short') return unfilled(Number.isInteger(value) ? withThousands(value, 0) : significant(value, 4))
  if (format === 'year') return signed(value, Math.abs(value).toFixed(0))
  if (format === 'p-value') return value > 0 && value < 0.001 ? '< 0.001' : value.toFixed(3)
  if (format === 'bytes') return bytes(value)
  if ('decimals' in format) return withThousands(value, format.decimals)
  if ('percent' in format) return `${withThousands(100 * value, format.percent)} %`
  return significant(value, format.significant)
}

/** A number on an axis. */
export function formatTick(value: number, format?: NumberFormat): string {
  return formatNumber(value, format ?? 'short')
}

/**
 * Digits after the point that show a standard error with two significant digits: at least three for numbers below a
 * thousand, as journals print them, and never more than eight.
 */
export function decimalsFor(estimate: number, stdError: number): number {
  if (!(stdError > 0) || !Number.isFinite(stdError)) return 3
  const wanted = 1 - Math.floor(Math.log10(stdError))
  const least = Math.max(Math.abs(estimate), stdError) < 1000 ? 3 : 0
  return Math.min(8, Math.max(least, wanted))
}

function significant(value: number, digits: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size < smallestPlain || size >= largestPlain) return powerOfTen(value, digits)
  const exponent = Number(size.toExponential(digits - 1).split('e')[1])
  return withThousands(value, Math.max(0, digits - 1 - exponent))
}

/** Without zeros at the end of a fraction. */
function unfilled(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+(?=$|×)/, '') : text
}

function powerOfTen(value: number, digits: number): string {
  const [mantissa, exponent] = Math.abs(value)
    .toExponential(digits - 1)
    .split('e') as [string, string]
  const power = [...exponent.replace('+', '')].map((sign) => (sign === '-' ? '⁻' : superscripts[Number(sign)]!)).join('')
  return signed(value, `${mantissa}×10${power}`)
}

function withThousands(value: number, decimals: number): string {
  const size = Math.abs(value)
  if (size >= largestPlain || (decimals >= 8 && size !== 0 && size < 0.5e-8)) return powerOfTen(value, 3)
  const [whole, fraction] = size.toFixed(decimals).split('.') as [string, string | undefined]
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`
  return signed(/[1-9]/.test(text) ? value : 0, text)
}

function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${withThousands(value / 1024 ** step, step === 0 ? 0 : 1)} ${units[step]!}`
}

function signed(value: number, text: string): string {
  return value < 0 ? minus + text : text
}
