import { open, stat } from 'node:fs/promises'
import { codeOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'

/** Creates an empty file that only this user can read; SQLite gives its journal files the same mode. */
export async function createPrivateFile(path: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o600)).close()
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** Warns about secret files that other users can read. Leaves the mode unchanged because it may be intended. */
export async function warnAboutReadableSecrets(paths: readonly string[], logger: Logger): Promise<void> {
  for (const file of paths) {
    const mode = await readMode(file)
    if (mode === undefined || (mode & 0o077) === 0) continue
    logger.warn(
      { file, mode: mode.toString(8) },
      `Other users of this machine can read a file that contains secrets; run chmod 600`,
    )
  }
}

async function readMode(path: string): Promise<number | undefined> {
  // Windows has no POSIX file modes.
  if (process.platform === 'win32') return undefined
  const stats = await stat(path).catch(() => undefined)
  return stats && stats.mode & 0o777
}
