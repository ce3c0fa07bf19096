/**
 * What examples take for granted, by the name they use for it. Declarations only: examples that need them are not run. Other names
 * of data need no line here: they fit wherever they are handed over.
 */
import type { Table as ArrowTable, tableFromArrays as arrowTableFromArrays } from 'apache-arrow'
import type { z as zod } from 'zod'
import type {
  Costs,
  Engine,
  Fit,
  ModelColumn,
  PageModel,
  Panel,
  Relation,
  SourcingEconomy,
  TableModel,
  TreeCosts,
} from '../../src/index.js'

/** A data set, as the engine, a feature or an estimator sees it. */
type DataSet = ArrowTable & Relation & Panel

export declare const engine: Engine
export declare const table: DataSet
export declare const panel: DataSet
export declare const firms: DataSet
export declare const links: DataSet
export declare const spells: DataSet
export declare const sample: DataSet
export declare const survey: DataSet
export declare const investors: DataSet
export declare const firmYears: DataSet
export declare const newFirms: DataSet
export declare const mroz: DataSet
export declare const wages: DataSet
export declare const nlswork: DataSet

export declare const fit: Fit<'cox'>
export declare const entry: Fit
export declare const exit: Fit
/** As columns of a table, where they are not called. */
export declare const logit: ModelColumn
export declare const probit: ModelColumn

export declare const costs: Costs & TreeCosts
export declare const page: PageModel
export declare const draft: PageModel
export declare const firmsByProvince: TableModel
export declare const rows: readonly Readonly<Record<string, number>>[]
export declare const columns: readonly string[]
export declare const size: string
export declare const province: string
export declare const out: string
/** A JSON document, read. */
export declare const document: unknown
export declare const economy: SourcingEconomy
export declare const firmCosts: Float64Array
export declare const market: Omit<TreeCosts, 'costs'>
export declare const scales: Float64Array
export declare const text: string
export declare const wasmBase64: string

export declare const z: typeof zod
export declare const highs: { solve(program: string): { readonly ObjectiveValue: number } }
export declare function writeFile(path: string, text: string): Promise<void>
export declare const tableFromArrays: typeof arrowTableFromArrays
/** URL of a module for worker threads. */
export declare const module: string
export declare const tables: Readonly<Record<string, DataSet>>
/** A title: in a browser this name is something else. */
export declare const name: string
