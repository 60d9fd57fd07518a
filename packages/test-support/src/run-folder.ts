import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderOnce, keepFilesIn } from './folder-once.ts'

const variable = 'POCKET_TEST_RUN_FOLDER'
/** Of Linux: in memory. */
const sharedMemory = '/dev/shm'
/** Bytes: what a whole run writes, twice. */
const requiredBytes = 4 * 1024 ** 3

/**
 * Makes the folder of a test run. The environment, which the workers of the run and their children inherit, names it as
 * the one for temporary files, so that nothing of the run is left behind.
 *
 * It is in memory where there is room: every commit of a database waits for its disk.
 */
export async function startRunFolder(): Promise<AsyncDisposable> {
  const before = tmpdir()
  keepFilesIn(before)
  const folder = await mkdtemp(join((await hasSharedMemory()) ? sharedMemory : before, 'pocket-test-run-'))
  // A server of the tests may run as somebody else, in a folder of its own below.
  await chmod(folder, 0o711)
  Object.assign(process.env, { [variable]: folder, TMPDIR: folder })
  return {
    async [Symbol.asyncDispose]() {
      process.env.TMPDIR = before
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function hasSharedMemory(): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const { bavail, bsize } = await statfs(sharedMemory)
  return bavail * bsize >= requiredBytes
}

/**
 * What many files of a test run copy, made once for all of them: a folder that appears complete or not at all.
 *
 * @param fill - Fills the empty folder that it is given.
 * @returns Its path.
 */
export async function onceInRun(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const parent = process.env[variable]
  if (parent === undefined) throw new Error('there is no folder of a test run; see the globalSetup of jest.config.ts')
  return folderOnce({ name, parent, fill })
}
