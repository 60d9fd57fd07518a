import type { AuditSink, Pocket, SessionRecord, Transaction } from '@pocket/core'
import { NotFound } from '@pocket/core/errors'
import { deviceOf } from '../audit-log/device.ts'
import type { Place } from '../geoip/location.ts'
import type { Actor } from '../users/actor.ts'

/** A session as people see it. Instants in milliseconds since the Unix epoch. */
export interface SessionItem extends Omit<SessionRecord, 'accountId' | 'acr' | 'uid' | 'userAgent' | 'clientIds'> {
  /** Names the session, and lets nobody in. */
  readonly id: string
  /** Browser and system; empty where they are not known. */
  readonly device: string
  /** Where the address is, in English; empty where that is not known. */
  readonly country: string
  readonly city: string
  /** The applications that were entered in it, by name. */
  readonly clients: readonly { readonly id: string; readonly name: string }[]
  /** Whether it is the one that asks. */
  readonly current: boolean
}

export interface SessionAdministrationPorts {
  readonly pocket: Pick<Pocket, 'sessions' | 'clients'>
  /** Where an address is. */
  readonly locationOf: (ipAddress: string | null) => Place
  readonly audit: AuditSink
  /** What ends and what the audit log says of it are kept together or not at all. */
  readonly transaction: Transaction
}

/** The sessions of a person, wherever they are signed in. */
export interface SessionAdministration {
  /** Whichever was used last comes first. `currentId` is the session that asks, where one does. */
  list(accountId: string, currentId: string | null): Promise<readonly SessionItem[]>
  /** Ends one, and what applications got in it. @throws {NotFound} `session_not_found` */
  end(actor: Actor, accountId: string, id: string): Promise<void>
  /** Ends all of them but the one that asks; resolves to how many. */
  endOthers(actor: Actor, accountId: string, currentId: string | null): Promise<number>
}

export function createSessionAdministration(ports: SessionAdministrationPorts): SessionAdministration {
  const { pocket, locationOf, audit, transaction } = ports

  const namesOf = async (records: readonly SessionRecord[]): Promise<ReadonlyMap<string, string>> => {
    const ids = [...new Set(records.flatMap(({ clientIds }) => clientIds))]
    const clients = await Promise.all(ids.map((id) => pocket.clients.find(id)))
    return new Map(clients.flatMap((client) => (client ? [[client.id, client.name]] : [])))
  }
  const record = async (actor: Actor, accountId: string, sessionId: string) => {
    const by = actor.id === accountId ? {} : { by: actor.id }
    await audit.record({ event: 'session_ended', accountId, sessionId, ...by }, actor.origin)
  }

  return {
    async list(accountId, currentId) {
      const records = await pocket.sessions.list(accountId)
      const names = await namesOf(records)
      return records.map(({ uid, userAgent, clientIds, startedAt, lastUsedAt, expiresAt, ipAddress }) => ({
        id: uid,
        device: deviceOf(userAgent),
        ipAddress,
        ...locationOf(ipAddress),
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

    end: (actor, accountId, id) =>
      transaction(async () => {
        if (!(await pocket.sessions.end(accountId, id)))
          throw new NotFound('session_not_found', 'There is no such session.')
        await record(actor, accountId, id)
      }),

    endOthers: (actor, accountId, currentId) =>
      transaction(async () => {
        const ended = await pocket.sessions.endOthers(accountId, currentId)
        for (const id of ended) await record(actor, accountId, id)
        return ended.length
      }),
  }
}
