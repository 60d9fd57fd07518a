import { type CommandContext, CommandError } from './command.ts'

interface Progress {
  readonly subject: string
  readonly done: number
  /** Absent if it is not known. */
  readonly total?: number | undefined
}

/**
 * Shows on a terminal how far an operation is, and removes the line afterwards. The operation must change nothing if it fails:
 * after a signal its next progress fails it.
 *
 * @throws {CommandError} if the process was asked to stop
 */
export async function withProgress<Result>(
  { showProgress, stop }: Pick<CommandContext, 'showProgress' | 'stop'>,
  run: (show: (progress: Progress) => void) => Promise<Result>,
): Promise<Result> {
  try {
    return await run(({ subject, done, total }) => {
      stop.throwIfAborted()
      showProgress(`${subject}: ${done}${total === undefined ? '' : ` of ${total}`}`)
    })
  } catch (error) {
    throw stop.aborted && isCausedByAbort(error) ? new CommandError('Interrupted. Nothing was changed.') : error
  } finally {
    showProgress('')
  }
}

function isCausedByAbort(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  return ('name' in error && error.name === 'AbortError') || ('cause' in error && isCausedByAbort(error.cause))
}
