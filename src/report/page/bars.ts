/** Small bars drawn with attributes, because the page allows no inline style. */
import { html } from '../markup.js'
import type { Markup } from '../markup.js'

const length = 1000

/** A bar of two parts, each a share of the whole length. */
export function bar(kept: number, left = 0): Markup {
  const width = (share: number): string => (length * share).toFixed(1)
  return html`<svg class="bar" viewBox="0 0 ${length} 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="ground" width="${length}" height="8" />
    <rect class="kept" width="${width(kept)}" height="8" />
    ${left > 0 && html`<rect class="left" x="${width(kept)}" width="${width(left)}" height="8" />`}
  </svg>`
}
