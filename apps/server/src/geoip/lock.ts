import { open, rm, stat } from 'node:fs/promises'
import { codeOf } from '../logging/failure.ts'

/**
 * Runs `action` unless another process that shares the folder is running it; returns `false` in that case.
 *
 * @param staleMs - milliseconds after which the lock holder is assumed to have crashed
 */
export async function withFileLock(path: string, staleMs: number, action: () => Promise<void>): Promise<boolean> {
  if (!(await acquire(path)) && !((await isStale(path, staleMs)) && (await acquireStale(path)))) return false
  try {
    await action()
    return true
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close()
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Two concurrent callers may both succeed; that is harmless, because they replace the file atomically. */
async function acquireStale(path: string): Promise<boolean> {
  await rm(path, { force: true })
  return acquire(path)
}

async function isStale(path: string, staleMs: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > staleMs
  } catch {
    return true
  }
}
