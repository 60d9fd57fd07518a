import { join } from 'node:path'
import { addAbortSignal } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { decodeMultiStream } from '@msgpack/msgpack'
import { isJsonObject } from '@pocket/core/internal'
import { type ActorState, decodeActorState, isMigratedActor } from './actor-states.ts'
import { type Archive, openArchive } from './archive.ts'
import { maxPictureBytes } from './picture-folder.ts'
import { assertSchemaVersion, type RawSource } from './source.ts'
import { sourceError } from './source-error.ts'
import { StagedRows } from './staged-rows.ts'
import { stageInTemporaryFolder } from './temporary-folder.ts'

const databaseName = 'database.json'
const actorsName = 'francis.bin'
const picturePrefix = 'uploads/'

/** Reads an archive of `pocket-id export`. Its rows are staged in a temporary database, since tables refer to later ones. */
export async function openArchiveSource(path: string, stop?: AbortSignal): Promise<RawSource> {
  await using stack = new AsyncDisposableStack()
  const archive = stack.use(await openArchive(path))
  if (!archive.has(databaseName))
    throw sourceError(`${path} is not an export of Pocket ID: it has no file ${databaseName}.`)
  const content = await archive.open(databaseName)
  const { staged } = stack.use(
    await stageInTemporaryFolder((path) =>
      StagedRows.read(stop ? addAbortSignal(stop, content) : content, join(path, 'rows')),
    ),
  )
  const { version, provider } = staged.header
  if (provider !== 'sqlite' && provider !== 'postgres')
    throw sourceError(`${path} is not an export of Pocket ID: its provider is neither sqlite nor postgres.`)
  const schemaVersion = assertSchemaVersion(version)
  if (staged.count('users') === 0) throw sourceError(`The export ${path} has no users.`)
  const states = await readStates(archive)
  const disposables = stack.move()
  return {
    dialect: 'archive',
    schemaVersion,
    async *rows(table) {
      yield* staged.rows(table)
    },
    count: async (table) => staged.count(table),
    async *actorStates() {
      yield* states
    },
    async *pictures() {
      for (const name of archive.names) {
        if (!name.startsWith(picturePrefix) || name.endsWith('/')) continue
        yield { path: name.slice(picturePrefix.length), read: () => readPicture(archive, name) }
      }
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  }
}

async function readPicture(archive: Archive, name: string): Promise<Buffer> {
  if (archive.size(name) > maxPictureBytes) throw sourceError(`The file ${name} of the archive is too large.`)
  return buffer(await archive.open(name))
}

/** The states of actors that are migrated; there are few. */
async function readStates(archive: Archive): Promise<readonly ActorState[]> {
  if (!archive.has(actorsName)) return []
  const states: ActorState[] = []
  try {
    let isHeader = true
    for await (const value of decodeMultiStream(await archive.open(actorsName))) {
      if (!isJsonObject(value)) throw new TypeError('a record is not a map')
      if (isHeader && value.format !== 'francis-backup') throw new TypeError('the header is missing')
      isHeader = false
      const { state } = value
      if (value.type !== 'state' || !isJsonObject(state)) continue
      const { actorType, actorId, data } = state
      if (typeof actorType === 'string' && isMigratedActor(actorType) && data instanceof Uint8Array)
        states.push(decodeActorState(actorType, String(actorId), data))
    }
  } catch (cause) {
    throw sourceError(`The file ${actorsName} of the archive is damaged.`, cause)
  }
  return states
}
