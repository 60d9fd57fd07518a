import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codeOf, isFileError, messageOf } from '../../logging/failure.ts'
import { sourceError } from './source-error.ts'

/**
 * Writes a copy of the source to a folder that only this user can read and that is removed when disposed.
 *
 * @throws {ConfigurationError} if there is no room for it
 */
export async function stageInTemporaryFolder<Staged extends Disposable>(
  stage: (path: string) => Promise<Staged>,
): Promise<{ readonly staged: Staged } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  try {
    const path = await mkdtemp(join(tmpdir(), 'pocket-migration-'))
    stack.defer(() => rm(path, { recursive: true, force: true }))
    const staged = stack.use(await stage(path))
    const disposables = stack.move()
    return { staged, [Symbol.asyncDispose]: () => disposables.disposeAsync() }
  } catch (error) {
    if (!isFileError(error) && codeOf(error) !== 'SQLITE_FULL') throw error
    throw sourceError(
      `The folder for temporary files, ${tmpdir()}, cannot hold a copy of the source: ${messageOf(error)}. Set TMPDIR to another folder.`,
      error,
    )
  }
}
