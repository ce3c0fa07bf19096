/** The text of docs/api.md. */
export function apiPage(): string
/** Exports without a doc block, as `file: name`. */
export function undocumented(): string[]
