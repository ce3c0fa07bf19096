/** Loading the WebAssembly kernels the build makes from `name.as.ts`: synchronous, alike in Node, workers and a browser. */

const modules = new Map<string, WebAssembly.Module>()

/**
 * The exports of a new instance of a kernel, with memory of its own. A kernel is compiled once, however often it is instantiated.
 *
 * @param wasmBase64 what the generated module `name.wasm.js` exports
 * @param memory of a kernel that imports its memory, to share it between threads
 * @example const { memory, pass } = instantiateKernel<{ memory: WebAssembly.Memory; pass(u: number): number }>(wasmBase64)
 */
export function instantiateKernel<Exports>(wasmBase64: string, memory?: WebAssembly.Memory): Exports {
  let module = modules.get(wasmBase64)
  if (!module) {
    module = new WebAssembly.Module(Uint8Array.from(atob(wasmBase64), (character) => character.charCodeAt(0)))
    modules.set(wasmBase64, module)
  }
  return new WebAssembly.Instance(module, { env: { abort: () => {}, ...(memory && { memory }) } }).exports as Exports
}

/** True where kernels can run: WebAssembly with 128-bit SIMD. */
export const kernelsSupported: boolean = typeof WebAssembly === 'object' && WebAssembly.validate(
  // (module (func (result v128) i32.const 0 i8x16.splat))
  Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11),
)
