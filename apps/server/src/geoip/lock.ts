import { open, rm, stat } from 'node:fs/promises'
import { codeOf } from '../logging/failure.ts'

/**
 * Does some work unless another process that shares the folder does it; `false` where it does.
 *
 * @param staleMs - after that many milliseconds whoever holds the lock is taken to have died
 */
export async function withFileLock(path: string, staleMs: number, work: () => Promise<void>): Promise<boolean> {
  if (!(await take(path)) && !((await isStale(path, staleMs)) && (await retake(path)))) return false
  try {
    await work()
    return true
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close()
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Two that do this at once may both go on: they do work twice, and what they do is put in place in one step. */
async function retake(path: string): Promise<boolean> {
  await rm(path, { force: true })
  return take(path)
}

async function isStale(path: string, staleMs: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > staleMs
  } catch {
    return true
  }
}
