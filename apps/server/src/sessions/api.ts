import type { Context } from 'koa'
import { assertCanModifyUser } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObject, objectOf } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import type { SessionServices } from './deps.ts'
import type { SessionItem } from './session-administration.ts'

const accountApi = operationsIn('account')
const usersApi = operationsIn('users')

const locationSchema = { type: 'string', description: 'The location of the last use; empty if unknown.' } as const

export const sessionSchema = namedObject('SessionDto', {
  id: { type: 'string', description: 'Identifies the session, but does not grant access.' },
  device: { type: 'string', description: 'Browser and operating system of the last use; empty if unknown.' },
  ipAddress: { type: ['string', 'null'], description: 'The IP address of the last use.' },
  country: locationSchema,
  city: locationSchema,
  startedAt: instant,
  lastUsedAt: { ...instant, description: 'Accurate to one minute.' },
  expiresAt: { ...instant, description: 'When the session expires if it is not used again.' },
  clients: {
    type: 'array',
    description: 'The clients that were used in this session.',
    items: objectOf({ id: { type: 'string' }, name: { type: 'string' } }),
  },
  current: { type: 'boolean', description: 'Whether it is the session of this request.' },
})

const sessionList = { status: 200, schema: { type: 'array', items: sessionSchema } } as const
const noContent = { status: 204 } as const

export function sessionOperations(deps: Deps & SessionServices): readonly Operation[] {
  return [...ownOperations(deps), ...administrationOperations(deps)]
}

function ownOperations({ sessions, pocket }: Deps & SessionServices): readonly Operation[] {
  const currentSessionId = async ({ req, res }: Context) => (await pocket.session(req, res))?.uid ?? null
  return [
    accountApi.get('/api/sessions', {
      id: 'listOwnSessions',
      summary: 'List your sessions',
      response: sessionList,
      handle: async ({ user, ctx }) => (await sessions.list(user.id, await currentSessionId(ctx))).map(sessionDto),
    }),
    accountApi.delete('/api/sessions', {
      id: 'endOwnOtherSessions',
      summary: 'End all your other sessions and the access that they granted to clients',
      response: noContent,
      async handle(call) {
        await sessions.endOthers(actorOf(call), call.user.id, await currentSessionId(call.ctx))
      },
    }),
    accountApi.delete('/api/sessions/:id', {
      id: 'endOwnSession',
      summary: 'End one of your sessions and the access that it granted to clients',
      response: noContent,
      handle: async (call) => sessions.end(actorOf(call), call.user.id, call.params.id ?? ''),
    }),
  ]
}

function administrationOperations({ sessions, users }: Deps & SessionServices): readonly Operation[] {
  const assertCanModify = (call: Parameters<typeof assertCanModifyUser>[0]) => assertCanModifyUser(call, users)
  return [
    usersApi.get('/api/users/:id/sessions', {
      id: 'listSessionsOfUser',
      summary: 'List the sessions of a user',
      response: sessionList,
      handle: async ({ params }) => (await sessions.list((await users.find(params.id ?? '')).id, null)).map(sessionDto),
    }),
    usersApi.delete('/api/users/:id/sessions', {
      id: 'endSessionsOfUser',
      summary: 'End all sessions of a user and the access that they granted to clients',
      response: noContent,
      async handle(call) {
        await sessions.endOthers(actorOf(call), await assertCanModify(call), null)
      },
    }),
    usersApi.delete('/api/users/:id/sessions/:sessionId', {
      id: 'endSessionOfUser',
      summary: 'End a session of a user and the access that it granted to clients',
      response: noContent,
      handle: async (call) => sessions.end(actorOf(call), await assertCanModify(call), call.params.sessionId ?? ''),
    }),
  ]
}

function sessionDto({ startedAt, lastUsedAt, expiresAt, ...session }: SessionItem) {
  return {
    ...session,
    startedAt: new Date(startedAt).toISOString(),
    lastUsedAt: new Date(lastUsedAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}
