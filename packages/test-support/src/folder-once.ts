import { chmod, lstat, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const runFolderVariable = 'POCKET_TEST_KEPT_IN'

/** From here on, in this process and its children, what is kept for later runs is in this folder. */
export function keepFilesIn(folder: string): void {
  process.env[runFolderVariable] = folder
}

/** What {@link folderOnce} makes and where. */
export interface FolderOnceOptions {
  /** Its name, which must change with the content: name the version. The user's number is added to it. */
  readonly name: string
  /** The folder that holds it. Default: the temporary directory, or what {@link keepFilesIn} says. */
  readonly parent?: string
  /** Fills the empty folder that it is given. */
  readonly fill: (folder: string) => Promise<void>
}

/**
 * A folder that is made once, kept for later runs, and appears complete or not at all, however many ask at once.
 * Everybody may read it; only this user may write to it.
 *
 * @returns Its path.
 * @throws Error when the path is taken by something that belongs to somebody else.
 */
export async function folderOnce(options: FolderOnceOptions): Promise<string> {
  const folder = join(options.parent ?? process.env[runFolderVariable] ?? tmpdir(), `${options.name}-${userId()}`)
  if (await isOwnFolder(folder)) return folder
  const staging = await mkdtemp(`${folder}.`)
  try {
    await options.fill(staging)
    await chmod(staging, 0o755)
    await rename(staging, folder)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    // Somebody was faster; what they made is as good.
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST') && (await isOwnFolder(folder))) return folder
    throw error
  }
  return folder
}

async function isOwnFolder(folder: string): Promise<boolean> {
  try {
    const found = await lstat(folder)
    if (found.isDirectory() && found.uid === userId()) return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
  throw new Error(`${folder} is not a folder of this user; programs in it are not safe to run. Remove it.`)
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  // Not by instanceof: inside jest an error of Node is of another realm.
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code))
}

// Windows has no user numbers, and reports 0 as the owner of every file.
function userId(): number {
  return process.geteuid?.() ?? 0
}
