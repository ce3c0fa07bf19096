/** What a formula parses to. Types only. */

/** One regressor as the formula spells it. `log(x)` is a `call`; `i(year, ref = 2005)` and text columns are factors; a condition is 1 or 0. */
export type Term =
  | { readonly kind: 'intercept' }
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly arguments: readonly Term[] }
  | { readonly kind: 'arithmetic'; readonly operator: '+' | '-' | '*' | '/' | '^'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'factor'; readonly name: string; readonly reference?: FactorLevel | readonly FactorLevel[] }
  | { readonly kind: 'interaction'; readonly of: readonly Term[] }
  | { readonly kind: 'condition'; readonly condition: Condition }

export type FactorLevel = string | number
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

/** One side of a comparison: a text between quotes, or arithmetic of columns and numbers (a text column on its own). */
export type Operand = Term | { readonly kind: 'text'; readonly value: string }

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly inside: Condition }
  /** A boolean column, or numbers that are 0 and 1. */
  | { readonly kind: 'flag'; readonly value: Term }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Operand; readonly right: Operand }

export type FunctionName = 'log' | 'log1p' | 'log2' | 'log10' | 'exp' | 'sqrt' | 'abs' | 'I'

/** Levels to absorb: one column, or several crossed (`region^year`); `slopes` are columns with level-specific slopes. */
export interface FixedEffect {
  readonly columns: readonly string[]
  readonly slopes?: readonly string[]
  /** The slope comes without its intercept (`firm[[x]]`). */
  readonly slopesOnly?: boolean
}

export interface SurvivalOutcome {
  readonly kind: 'survival'
  /** Entry time of a start–stop row; absent for `surv(time, event)`. Rows are at risk on (start, stop]. */
  readonly start?: string
  readonly stop: string
  /** Column that is 1 where the event happened; the text of `eventTerm` where that is given. */
  readonly event: string
  /** An expression in place of a column, such as `1 - censored`. */
  readonly eventTerm?: Term
  /** Columns of `strata(…)` terms. */
  readonly strata: readonly string[]
}

/** What a formula parses to. `group` names the panel unit of models that have one (`--group id`). */
export interface ModelSpec {
  readonly outcome: Term | SurvivalOutcome
  readonly regressors: readonly Term[]
  readonly absorb: readonly FixedEffect[]
  readonly endogenous: readonly Term[]
  readonly instruments: readonly Term[]
  readonly weights?: string
  /** A numeric expression in formula spelling: `log(population)`. */
  readonly offset?: string
  readonly group?: string
}

/** Formula text or the typed spec; both are first-class. */
export type SpecInput = string | ModelSpec
