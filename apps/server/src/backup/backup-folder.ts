import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../logging/failure.ts'
import { type BackupTarget, newestFirst } from './backup-target.ts'

const partial = /^pocket-.*\.partial$/

export function backupFolder(folder: string): BackupTarget {
  return {
    name: folder,
    async list() {
      try {
        return newestFirst(await readdir(folder))
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return []
        throw error
      }
    },
    async removeLeftovers() {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      for (const name of await readdir(folder)) if (partial.test(name)) await rm(join(folder, name), { force: true })
    },
    async store(name, { write, check }) {
      const temporaryPath = join(folder, `${name}.${randomUUID()}.partial`)
      try {
        await write(createWriteStream(temporaryPath, { flags: 'wx', mode: 0o600, flush: true }))
        await check(createReadStream(temporaryPath))
        await rename(temporaryPath, join(folder, name))
      } finally {
        await rm(temporaryPath, { force: true })
      }
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  }
}
