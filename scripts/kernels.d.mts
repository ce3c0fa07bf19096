/** Builds the AssemblyScript kernels that are newer than their module. */
export function buildKernels(): void
/** What vitest's `globalSetup` calls. */
export const setup: typeof buildKernels
