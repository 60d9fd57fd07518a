/** The path of a value in the file: names of members and indices of items. */
export type Path = readonly (string | number)[]

export interface Problem {
  /** From 1; 1:1 if the problem concerns the whole file. */
  readonly line: number
  readonly column: number
  /** For people: `clients[0].callbackURLs`; empty for the whole file. */
  readonly field: string
  readonly message: string
}

/** Further problems are not searched for in the database. */
const maxProblems = 200

/** The file cannot be applied. Its message has a line for each of the first problems. */
export class InvalidFileError extends Error {
  override readonly name = 'InvalidFileError'
  readonly problems: readonly Problem[]

  constructor(source: string, problems: readonly Problem[]) {
    const sorted = problems.toSorted((left, right) => left.line - right.line || left.column - right.column)
    const lines = sorted.slice(0, maxProblems).map((problem) => `${source}:${lineOf(problem)}`)
    super(
      [...lines, ...(sorted.length > maxProblems ? [`and at least ${sorted.length - maxProblems} more`] : [])].join(
        '\n',
      ),
    )
    this.problems = sorted
  }
}

function lineOf({ line, column, field, message }: Problem): string {
  return `${line}:${column}: ${field === '' ? '' : `${field} `}${message}`
}

export function fieldOf(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '')
}

/** A file with thousands of errors would keep the lock for minutes. */
export function endIfMany({ source }: { readonly source: string }, problems: readonly Problem[]): void {
  if (problems.length > maxProblems) throw new InvalidFileError(source, problems)
}
