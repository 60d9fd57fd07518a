import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FilesConfig } from '../config/files.ts'
import type { FileStore } from './file-store.ts'

/** Files that become available together. Disposing of them removes unpublished files. */
export interface StagedFiles extends AsyncDisposable {
  write(name: string, bytes: Buffer): Promise<void>
  publish(): Promise<void>
  /** Removes the published files again, except those that the store had before. */
  revert(): Promise<void>
}

/**
 * Stages files outside the store. Files in the database need no stage, since they belong to the transaction of the caller.
 *
 * @param dataFolder - holds the staged files of a remote store
 */
export async function stageFiles(
  store: FileStore,
  { files, dataFolder }: FilesConfig & { readonly dataFolder: string },
): Promise<StagedFiles> {
  const nothing = async () => undefined
  if (files.kind === 'database')
    return { write: store.write.bind(store), publish: nothing, revert: nothing, [Symbol.asyncDispose]: nothing }
  const root = files.kind === 'filesystem' ? files.folder : dataFolder
  const folder = join(root, '.staged-files')
  // An interrupted migration may have left one.
  await rm(folder, { recursive: true, force: true })
  const staged = new Map<string, string>()
  const published: string[] = []
  const place = async (from: string, name: string) => {
    if (files.kind === 's3') return store.write(name, await readFile(from))
    const to = join(root, name)
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await rename(from, to)
  }
  return {
    async write(name, bytes) {
      const path = join(folder, String(staged.size))
      if (staged.size === 0) await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(path, bytes, { mode: 0o600, flush: true })
      staged.set(name, path)
    },
    async publish() {
      for (const [name, path] of staged) {
        if ((await store.read(name)) !== undefined) continue
        published.push(name)
        await place(path, name)
      }
    },
    async revert() {
      // The error that led here is reported; a file that stays is replaced by the next attempt.
      for (const name of published) await store.remove(name).catch(() => undefined)
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
