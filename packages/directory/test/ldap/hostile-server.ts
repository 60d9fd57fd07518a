import type { Socket } from 'node:net'
import { type LdapOptions, ldapSource } from '@pocket/directory'
import { createAuthority } from '@pocket/test-support/certificates'
import {
  encodeResult,
  type LdapRequest,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from './scripted-server.ts'
import { base, sourceOptions } from './test-directory.ts'

export const neverAborted = new AbortController().signal
export const shortTimeouts = { connectTimeout: 1000, operationTimeout: 1000 }
export const dn = `uid=alice,ou=people,${base}`
export const alice = { entryUUID: ['a'], uid: ['alice'] }
export const authority = createAuthority()

export const readFrom = ({ url }: { readonly url: string }, overrides: Partial<LdapOptions> = {}) =>
  ldapSource(sourceOptions(url, overrides)).read(neverAborted)

export async function readFromScripted(serverOptions: ScriptedServerOptions, overrides: Partial<LdapOptions> = {}) {
  await using withRanges: ScriptedServer = await startScriptedServer(serverOptions)
  return await readFrom(withRanges, overrides)
}

/** A directory without groups: answers only the search for users. */
export const respondToPeople = (respond: (request: LdapRequest, socket: Socket) => void): ScriptedServerOptions => ({
  onRequest: (request, socket) =>
    request.search && JSON.stringify(request.search.filter).includes('groupof')
      ? socket.write(encodeResult(request.id))
      : respond(request, socket),
})
