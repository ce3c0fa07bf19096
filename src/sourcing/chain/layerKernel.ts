/** Layers whose passes run in WebAssembly with SIMD (`layers.as.ts`). */
import { instantiateKernel } from '../../numerics/kernel.js'
import { arrayLengths, type LayerArrays, type Layers, type LayerSize } from './layers.js'
import { wasmBase64 } from './layers.wasm.js'

interface LayerKernel {
  readonly memory: WebAssembly.Memory
  heapStart(): number
  takeLogs(values: number, length: number): void
  shortestPaths(stages: number, stride: number, edgeStride: number, node: number, fixed: number, edge: number, edgeScale: number,
    count: number, nodes: number, weight: number, forward: number, onward: number, u: number, v: number): number
}

/** Doubles a step of the kernel reads from a row. */
const ROW_MULTIPLE = 4
const PAGE = 65_536

/**
 * The same as `plainLayers`, its passes bit for bit and logarithms to the last bit or two; several times faster where many nodes are
 * kept.
 */
export function kernelLayers(size: LayerSize): Layers {
  const kernel = instantiateKernel<LayerKernel>(wasmBase64)
  const { stages, countries } = size
  const stride = Math.ceil(countries / ROW_MULTIPLE) * ROW_MULTIPLE
  const edgeStride = size.edgesByStage ? countries * stride : 0
  const lengths = Object.entries(arrayLengths(size, stride)) as [keyof LayerArrays, number][]
  const address = {} as Record<keyof LayerArrays, number>
  let end = aligned(kernel.heapStart())
  for (const [name, length] of lengths) {
    address[name] = end
    end = aligned(end + 8 * length)
  }
  const missing = end - kernel.memory.buffer.byteLength
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE))
  const length = Object.fromEntries(lengths) as Record<keyof LayerArrays, number>
  const floats = (name: keyof LayerArrays): Float64Array => new Float64Array(kernel.memory.buffer, address[name], length[name])
  const integers = (name: keyof LayerArrays): Int32Array => new Int32Array(kernel.memory.buffer, address[name], length[name])
  return {
    stages, countries, stride, edgeStride,
    node: floats('node'), fixed: floats('fixed'), edge: floats('edge'), edgeScale: floats('edgeScale'),
    count: integers('count'), nodes: integers('nodes'),
    weight: floats('weight'), forward: floats('forward'), onward: floats('onward'),
    shortestPaths: (u, v) => kernel.shortestPaths(stages, stride, edgeStride, address.node, address.fixed, address.edge, address.edgeScale,
      address.count, address.nodes, address.weight, address.forward, address.onward, u, v),
    takeLogs: (values) => kernel.takeLogs(values.byteOffset, values.length),
  }
}

const aligned = (address: number): number => Math.ceil(address / 16) * 16
