import type { IncomingMessage } from 'node:http'
import type { Artifact, ArtifactStore } from './artifact-store.ts'

/** The grants that were read together with the codes and tokens of a request; each is used once. */
const readGrants = new WeakMap<IncomingMessage, Artifact>()

interface Reads {
  readonly keys: string[]
  readonly found: Promise<readonly Artifact[]>
}

const startedReads = new WeakMap<IncomingMessage, Reads>()

/**
 * Reads a code or token, and its grant in the same statement, because the library reads it next. For an introspection or
 * revocation the library looks for a token of each kind at once, which is also one statement.
 */
export async function readToken(
  artifacts: Pick<ArtifactStore, 'findWithGrants'>,
  req: IncomingMessage,
  key: string,
): Promise<Artifact | undefined> {
  const reads = startedReads.get(req) ?? startReads(artifacts, req)
  reads.keys.push(key)
  const found = await reads.found
  const grant = found.find(({ model }) => model === 'Grant')
  if (grant) readGrants.set(req, grant)
  return found.find((artifact) => artifact.key === key)
}

/** Waits for the keys of the same tick. */
function startReads(artifacts: Pick<ArtifactStore, 'findWithGrants'>, req: IncomingMessage): Reads {
  const keys: string[] = []
  const { promise, resolve } = Promise.withResolvers<readonly Artifact[]>()
  process.nextTick(() => {
    startedReads.delete(req)
    resolve(artifacts.findWithGrants(keys))
  })
  const reads = { keys, found: promise }
  startedReads.set(req, reads)
  return reads
}

/** The grant with this key, if it was read together with a token of the request. */
export function takeGrant(req: IncomingMessage, key: string): Artifact | undefined {
  const grant = readGrants.get(req)
  readGrants.delete(req)
  return grant?.key === key ? grant : undefined
}
