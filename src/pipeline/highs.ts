/** HiGHS, the mixed-integer solver in WebAssembly: loaded when a pipeline compares with 0–1 programs, not before. */
import type { Highs } from 'highs'

/**
 * A fresh HiGHS.
 *
 * @example const open = highsPrograms(await loadHighs())
 */
export async function loadHighs(): Promise<Highs> {
  const { default: loader } = await import('highs')
  // The package types its ES module as CommonJS, where the function would be `.default`.
  return (loader as unknown as typeof loader.default)()
}
