import type { SessionRecord } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import type { Actor } from '../access/actor.ts'
import type { GeoIp } from '../geoip/geoip.ts'
import type { Deps } from '../http/deps.ts'
import { deviceOf } from '../http/device.ts'

/** A session for display. Instants in milliseconds since the Unix epoch. */
export interface SessionItem extends Omit<SessionRecord, 'accountId' | 'acr' | 'uid' | 'userAgent' | 'clientIds'> {
  /** Identifies the session, but does not grant access. */
  readonly id: string
  /** Browser and operating system; empty if unknown. */
  readonly device: string
  /** The location of the IP address, in English; empty if unknown. */
  readonly country: string
  readonly city: string
  readonly clients: readonly { readonly id: string; readonly name: string }[]
  /** Whether it is the session of this request. */
  readonly current: boolean
}

/** A session for its owner. */
export type SessionLine = Omit<SessionItem, 'expiresAt'>

export function createSessionAdministration(deps: Deps & { readonly geoIp: GeoIp }) {
  const { pocket, geoIp, audit, transaction } = deps

  const clientNames = async (records: readonly SessionRecord[]): Promise<ReadonlyMap<string, string>> => {
    const ids = [...new Set(records.flatMap(({ clientIds }) => clientIds))]
    const clients = await Promise.all(ids.map((id) => pocket.clients.find(id)))
    return new Map(clients.flatMap((client) => (client ? [[client.id, client.name]] : [])))
  }

  const recordEnd = async (actor: Actor, accountId: string, sessionId: string) => {
    const initiator = actor.id === accountId ? {} : { by: actor.id }
    await audit.record({ event: 'session_ended', accountId, sessionId, ...initiator }, actor.origin)
  }

  return {
    /** Most recently used first. `currentId` is the session of the request, if any. */
    async list(accountId: string, currentId: string | null): Promise<readonly SessionItem[]> {
      const records = await pocket.sessions.list(accountId)
      const names = await clientNames(records)
      return records.map(({ uid, userAgent, clientIds, startedAt, lastUsedAt, expiresAt, ipAddress }) => ({
        id: uid,
        device: deviceOf(userAgent),
        ipAddress,
        ...geoIp.locate(ipAddress),
        startedAt,
        lastUsedAt,
        expiresAt,
        clients: clientIds.flatMap((id) => {
          const name = names.get(id)
          return name === undefined ? [] : [{ id, name }]
        }),
        current: uid === currentId,
      }))
    },

    /** Ends a session and the access of clients that it granted. @throws {NotFoundError} `session_not_found` */
    end: (actor: Actor, accountId: string, id: string): Promise<void> =>
      transaction(async () => {
        if (!(await pocket.sessions.end(accountId, id)))
          throw new NotFoundError('session_not_found', 'There is no such session.')
        await recordEnd(actor, accountId, id)
      }),

    /** Ends all sessions except the current one; resolves to the number of ended sessions. */
    endOthers: (actor: Actor, accountId: string, currentId: string | null): Promise<number> =>
      transaction(async () => {
        const ended = await pocket.sessions.endOthers(accountId, currentId)
        for (const id of ended) await recordEnd(actor, accountId, id)
        return ended.length
      }),
  }
}

export type SessionAdministration = ReturnType<typeof createSessionAdministration>
