import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { lstat, mkdir, readdir, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { codeOf } from '../logging/failure.ts'

/** Bytes of an uploaded source: several times the database of 100,000 users. */
export const maxUploadBytes = 2 * 1024 ** 3
/** Bytes that an upload leaves for the database. */
const minFreeBytes = 64 * 1024 ** 2

const uploadName = 'upload'
const partialSuffix = '.partial'
const companionSuffixes = ['-wal', '-shm', '-journal', partialSuffix]

/** A file to migrate an instance from. */
export interface ImportFile {
  readonly name: string
  readonly size: number
  /** Milliseconds since the Unix epoch. */
  readonly modifiedAt: number
  readonly isUpload: boolean
}

/** The folder `import` of the data folder: files that an operator put there, and at most one upload. */
export class ImportFolder {
  readonly path: string

  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'import')
  }

  /** Newest first. Links are left out: they could lead out of the folder. */
  async list(): Promise<readonly ImportFile[]> {
    const names = await readdir(this.path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return []
      throw error
    })
    const files = await Promise.all(names.filter(isSource).map((name) => this.#describe(name)))
    return files.filter((file) => file !== undefined).toSorted((left, right) => right.modifiedAt - left.modifiedAt)
  }

  /** A listed file with its path; `version` changes with its content. */
  async find(name: string): Promise<{ readonly path: string; readonly version: string } | undefined> {
    const file = (await this.list()).find((each) => each.name === name)
    return file && { path: join(this.path, file.name), version: `${file.size} ${file.modifiedAt}` }
  }

  /** Replaces the previous upload once the whole file is stored. */
  async store(content: Readable): Promise<string> {
    await mkdir(this.path, { recursive: true, mode: 0o700 })
    const partial = join(this.path, `${uploadName}.${randomUUID()}${partialSuffix}`)
    try {
      await pipeline(content, createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }))
      await rename(partial, join(this.path, uploadName))
    } catch (error) {
      await rm(partial, { force: true })
      throw error
    }
    return uploadName
  }

  async hasFreeSpace(bytes: number): Promise<boolean> {
    await mkdir(this.path, { recursive: true, mode: 0o700 })
    const { bavail, bsize } = await statfs(this.path)
    return bavail * bsize >= bytes + minFreeBytes
  }

  async removeUploads(): Promise<void> {
    const names = await readdir(this.path).catch(() => [])
    const isUpload = (name: string) =>
      name === uploadName || (name.startsWith(`${uploadName}.`) && name.endsWith(partialSuffix))
    for (const name of names.filter(isUpload)) await rm(join(this.path, name), { force: true })
  }

  async #describe(name: string): Promise<ImportFile | undefined> {
    const stats = await lstat(join(this.path, name)).catch(() => undefined)
    if (!stats?.isFile()) return undefined
    return { name, size: stats.size, modifiedAt: Math.floor(stats.mtimeMs), isUpload: name === uploadName }
  }
}

function isSource(name: string): boolean {
  return !name.startsWith('.') && !companionSuffixes.some((suffix) => name.endsWith(suffix))
}
