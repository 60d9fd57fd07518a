import { open, stat } from 'node:fs/promises'
import { codeOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'

/** Makes an empty file that nobody but this user may read; SQLite gives the files beside it the same mode. */
export async function createPrivately(path: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o600)).close()
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** Warns of files with secrets that others on this machine may read; somebody may have wanted that, so it is left as it is. */
export async function warnOfWideModes(paths: readonly string[], logger: Logger): Promise<void> {
  for (const file of paths) {
    const mode = await modeOf(file)
    if (mode === undefined || (mode & 0o077) === 0) continue
    logger.warn({ file, mode: mode.toString(8) }, `Other users of this machine may read a file with secrets: chmod 600`)
  }
}

async function modeOf(path: string): Promise<number | undefined> {
  // Windows has no such modes.
  if (process.platform === 'win32') return undefined
  const found = await stat(path).catch(() => undefined)
  return found && found.mode & 0o777
}
