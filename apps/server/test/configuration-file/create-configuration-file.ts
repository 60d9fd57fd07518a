import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder with a configuration file. */
export interface ConfigurationFile extends AsyncDisposable {
  readonly folder: string
  readonly path: string
  write(yaml: string): Promise<void>
}

export async function createConfigurationFile(yaml: string): Promise<ConfigurationFile> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-configuration-'))
  const path = join(folder, 'pocket.yaml')
  const write = (text: string) => writeFile(path, text)
  await write(yaml)
  return { folder, path, write, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
