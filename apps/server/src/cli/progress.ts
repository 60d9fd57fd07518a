import type { CommandContext } from './command.ts'

interface Progress {
  readonly subject: string
  readonly done: number
  /** Absent if it is not known. */
  readonly total?: number | undefined
}

/** Shows on a terminal how far an operation is, and removes the line afterwards. */
export async function withProgress<Result>(
  { showProgress }: Pick<CommandContext, 'showProgress'>,
  run: (show: (progress: Progress) => void) => Promise<Result>,
): Promise<Result> {
  try {
    return await run(({ subject, done, total }) =>
      showProgress(`${subject}: ${done}${total === undefined ? '' : ` of ${total}`}`),
    )
  } finally {
    showProgress('')
  }
}
