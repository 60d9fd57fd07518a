import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { codeOf, messageOf } from '../../logging/failure.ts'
import type { SourcePicture } from './source.ts'
import { sourceError } from './source-error.ts'

/** Bytes: what Pocket ID's own import accepts. */
export const maxPictureBytes = 50 * 1024 * 1024

/** The files of a folder. Links are not followed, because they could point outside it. */
export async function* picturesInFolder(folder: string): AsyncIterable<SourcePicture> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw sourceError(`The folder ${folder} cannot be read: ${messageOf(cause)}.`, cause)
  })
  for (const entry of entries.toSorted((left, right) => left.name.localeCompare(right.name))) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    yield { path: relative(folder, file).split(sep).join('/'), read: () => readPicture(file) }
  }
}

async function readPicture(file: string): Promise<Buffer> {
  if ((await stat(file)).size > maxPictureBytes) throw sourceError(`The file ${file} is too large.`)
  return readFile(file)
}

export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}
