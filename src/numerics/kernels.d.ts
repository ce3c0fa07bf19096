/** Modules the build makes from AssemblyScript kernels (`name.as.ts`); declared so that sources type-check before it has run. */
declare module '*.wasm.js' {
  /** The WebAssembly module, base64. */
  export const wasmBase64: string
}
