/**
 * Records of figures: a figure is its data until it is drawn, so that `--min-cell` masks the data and the drawing follows, and
 * so that the data behind a figure is a table like any other.
 */
import type { NumberFormat } from '../tables/records.js'

/** What all figures share. `units` of a datum is the number of units behind it, where known. */
interface FigureBase {
  readonly id: string
  readonly title: string
  /** A sentence that says what is seen; also the accessible description. */
  readonly caption?: string
  readonly notes?: readonly string[]
  readonly unitName?: string
  /** How many of its marks `--min-cell` hid: points, bars, places, curves. */
  readonly masked?: number
}

export interface CoefficientFigure extends FigureBase {
  readonly kind: 'coefficients'
  /** `ratio` draws exp-transformed values on a log axis around 1; values are given already transformed. */
  readonly scale: 'coefficient' | 'ratio'
  readonly valueLabel: string
  readonly series: readonly {
    readonly name: string
    readonly units?: number
    readonly terms: readonly { readonly label: string; readonly estimate: number; readonly conf: readonly [number, number] }[]
  }[]
}

/** Step curves; `time` ascends and starts where the first change is. `events` and `atRisk` are counts at each time. */
export interface SurvivalFigure extends FigureBase {
  readonly kind: 'survival'
  readonly timeLabel: string
  readonly valueLabel: string
  readonly curves: readonly {
    readonly name: string
    readonly time: readonly number[]
    readonly survival: readonly number[]
    readonly lower?: readonly number[]
    readonly upper?: readonly number[]
    readonly atRisk?: readonly number[]
    readonly events?: readonly number[]
  }[]
}

export interface MapPlace {
  readonly name: string
  /** Degrees. A figure whose places have none is drawn as a ranked chart. */
  readonly longitude?: number
  readonly latitude?: number
  /** ISO 3166-1 numeric code, for a map of countries. */
  readonly country?: string
  /** null: no value, or masked. */
  readonly value: number | null
  readonly units?: number
}

export interface MapFigure extends FigureBase {
  readonly kind: 'map'
  readonly valueLabel: string
  readonly format?: NumberFormat
  /** `places`: circles at coordinates over the coastline; `countries`: shaded countries of the world. */
  readonly geography: 'places' | 'countries'
  readonly places: readonly MapPlace[]
}

/** Cost along the exact trade-cost path, with the place of every part on each segment. */
export interface TauPathFigure extends FigureBase {
  readonly kind: 'tau-path'
  readonly parts: readonly string[]
  readonly countries: readonly string[]
  readonly segments: readonly {
    readonly from: number
    /** null: no upper end. */
    readonly to: number | null
    /** Country index of each part. */
    readonly location: readonly number[]
    readonly productionCost: number
    readonly transportQuantity: number
  }[]
  readonly tauLabel?: string
  readonly costLabel?: string
}

/** Lower envelopes of cost over quantity on log–log axes; a kink is where the allocation changes. */
export interface EnvelopeFigure extends FigureBase {
  readonly kind: 'envelope'
  readonly cost: 'total' | 'average'
  readonly quantityLabel?: string
  readonly costLabel?: string
  readonly envelopes: readonly {
    readonly name: string
    readonly segments: readonly {
      /** The chain in words, `IT→EA`. */
      readonly label: string
      readonly marginalCost: number
      readonly fixedCost: number
      readonly from: number
      readonly to: number | null
    }[]
  }[]
}

export interface Axis {
  readonly label: string
  readonly scale?: 'linear' | 'log'
  readonly ticks?: readonly number[]
  readonly format?: NumberFormat
  readonly domain?: readonly [number, number]
}

/** Lines, steps or densities over a numeric axis, with bands where `lower` and `upper` are given. */
export interface LineFigure extends FigureBase {
  readonly kind: 'lines'
  readonly x: Axis
  readonly y: Axis
  readonly shape?: 'line' | 'step' | 'area'
  readonly series: readonly {
    readonly name: string
    readonly dashed?: boolean
    readonly x: readonly number[]
    readonly y: readonly number[]
    readonly lower?: readonly number[]
    readonly upper?: readonly number[]
    /** Per point. */
    readonly units?: readonly number[]
  }[]
}

/** One bar a category and series. `counts`: the values are numbers of units, subject to `--min-cell` themselves. */
export interface BarFigure extends FigureBase {
  readonly kind: 'bars'
  readonly value: Axis
  readonly counts?: boolean
  readonly arrangement?: 'grouped' | 'stacked'
  readonly categories: readonly string[]
  readonly series: readonly {
    readonly name: string
    readonly values: readonly (number | null)[]
    readonly units?: readonly number[]
  }[]
}

/** Counts between edges. `linksByDistance` makes one with the published edges 1, 5, 25, 125, 625, 3125 km. */
export interface HistogramFigure extends FigureBase {
  readonly kind: 'histogram'
  readonly x: Axis
  readonly valueLabel: string
  /** Ascending; one more than counts. */
  readonly edges: readonly number[]
  readonly series: readonly { readonly name: string; readonly counts: readonly (number | null)[] }[]
}

export type FigureModel =
  CoefficientFigure | SurvivalFigure | MapFigure | TauPathFigure | EnvelopeFigure | LineFigure | BarFigure | HistogramFigure
