/** HiGHS, the independent solver of the 0–1 programs that the tests and benchmarks compare with. */
import highs, { type Highs } from 'highs'

/** The package is CommonJS with an ES default in its types; what is imported is the loader itself. */
const load = highs as unknown as typeof highs.default

export function loadHighs(): Promise<Highs> {
  return load()
}
