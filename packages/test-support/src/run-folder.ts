import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cachedFolder, setReusableFilesFolder } from './cached-folder.ts'

const variable = 'POCKET_TEST_RUN_FOLDER'
/** In-memory file system on Linux. */
const sharedMemory = '/dev/shm'
/** Bytes: twice the amount that a whole run writes. */
const requiredBytes = 4 * 1024 ** 3

/**
 * Creates the folder of a test run. The environment, which workers and child processes inherit, uses it for temporary files,
 * so that the run leaves no files behind.
 *
 * Uses memory if there is enough space, since every database commit waits for the disk.
 */
export async function startRunFolder(): Promise<AsyncDisposable> {
  const previousFolder = tmpdir()
  setReusableFilesFolder(previousFolder)
  const folder = await mkdtemp(join((await hasSharedMemory()) ? sharedMemory : previousFolder, 'pocket-test-run-'))
  // A test server may run as another user, in a subfolder.
  await chmod(folder, 0o711)
  Object.assign(process.env, { [variable]: folder, TMPDIR: folder })
  return {
    async [Symbol.asyncDispose]() {
      process.env.TMPDIR = previousFolder
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
 * Creates a shared folder once per test run; it appears atomically.
 *
 * @param fill - Fills the empty folder.
 * @returns Its path.
 */
export async function createRunFolderOnce(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const parent = process.env[variable]
  if (parent === undefined) throw new Error('there is no folder of a test run; see the globalSetup of jest.config.ts')
  return cachedFolder({ name, parent, fill })
}
