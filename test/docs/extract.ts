/** The `@example` blocks of a source file. */

export interface Example {
  readonly file: string
  /** 1-based, of the tag. */
  readonly line: number
  readonly text: string
  /** Names the file exports as values: an example of an internal function may use them. */
  readonly exports: readonly string[]
}

/** Examples in the doc comments of a file: the text after the tag up to the next tag or the end of the comment. */
export function extractExamples(file: string, source: string): readonly Example[] {
  const exports = [...source.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)].map((match) => match[1]!)
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const body = comment[0].slice(3, -2)
    return [...body.matchAll(/^[ \t]*\*?[ \t]*@example\b([\s\S]*?)(?=^[ \t]*\*[ \t]*@\w+|$(?![\s\S]))/gm)].map((match) => ({
      file,
      line: source.slice(0, comment.index + 3 + match.index).split('\n').length,
      text: match[1]!
        .split('\n')
        .map((text, index) => (index === 0 ? text.trim() : text.replace(/^\s*\* ?/, '')))
        .filter((text) => !/^\s*```/.test(text))
        .join('\n')
        .trim(),
      exports,
    }))
  })
}
