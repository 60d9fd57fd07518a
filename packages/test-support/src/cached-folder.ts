import { chmod, lstat, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const runFolderVariable = 'POCKET_TEST_REUSABLE_FILES'

/** Makes this process and its children keep reusable files in this folder. */
export function setReusableFilesFolder(folder: string): void {
  process.env[runFolderVariable] = folder
}

export interface CachedFolderOptions {
  /** The folder name, which must change with the content, for example by including the version. The user ID is appended. */
  readonly name: string
  /** The parent folder. Default: the temporary directory, or the folder set by {@link setReusableFilesFolder}. */
  readonly parent?: string
  readonly fill: (folder: string) => Promise<void>
}

/**
 * Creates a folder once and keeps it for later runs. It appears atomically, even with concurrent callers. All users may read
 * it; only this user may write to it.
 *
 * @returns Its path.
 * @throws Error if another user owns the path.
 */
export async function cachedFolder(options: CachedFolderOptions): Promise<string> {
  const folder = join(options.parent ?? process.env[runFolderVariable] ?? tmpdir(), `${options.name}-${userId()}`)
  if (await isOwnFolder(folder)) return folder
  const staging = await mkdtemp(`${folder}.`)
  try {
    await options.fill(staging)
    await chmod(staging, 0o755)
    await rename(staging, folder)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    // Another process created the same content first.
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST') && (await isOwnFolder(folder))) return folder
    throw error
  }
  return folder
}

async function isOwnFolder(folder: string): Promise<boolean> {
  try {
    const stats = await lstat(folder)
    if (stats.isDirectory() && stats.uid === userId()) return true
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

// Windows has no user IDs, and reports 0 as the owner of every file.
function userId(): number {
  return process.geteuid?.() ?? 0
}
