/** URL of a module of ours as the build leaves it, also when the caller runs from its TypeScript source: threads cannot load that. */
export function builtModule(relative: string, importer: string): string {
  const { href } = new URL(relative, importer)
  return importer.endsWith('.ts') ? href.replace(/\/src\/(?!.*\/src\/)/, '/dist/') : href
}
