import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for one test, deleted on disposal. */
export interface TestFolder extends AsyncDisposable {
  readonly path: string
  /** The name, size, modification time and content of every file in it. */
  state(): Promise<unknown>
}

export async function createFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'pocket-database-'))
  return {
    path,
    state: () => stateOf(path),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  }
}

async function stateOf(folder: string): Promise<unknown> {
  const names = (await readdir(folder, { recursive: true })).sort()
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      const { size, mtimeMs, mode } = await stat(path)
      const hash = createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
      return { name, size, mtimeMs, mode, hash }
    }),
  )
  return { mtimeMs: (await stat(folder)).mtimeMs, files }
}
