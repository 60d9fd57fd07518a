import type { Client } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { viewerOf } from '../http/viewer.ts'
import { clientValidator } from './administration.ts'
import type { ClientPageContext } from './client-page-context.ts'
import { type AttemptWithUser, namedAttempts } from './connection-log.ts'
import { type ClientTabName, takeClientFlash } from './flash.ts'
import type { ClientHead } from './page-model.ts'

/** The parts that all pages of a client share: the head, and the flash message of this page. */
export async function clientTab(
  context: ClientPageContext,
  ctx: Context,
  user: User,
  client: Client,
  tab: ClientTabName,
) {
  const { flashes, clientPath } = context
  const attempts = await namedAttempts(context, client.id)
  const { corrections, notice, logoProblem } = takeClientFlash(flashes, ctx, clientPath(client.id) + tab)
  return {
    attempts,
    corrections,
    shared: {
      viewer: viewerOf(user),
      client: clientHead(client, attempts),
      notice,
      logoProblem,
      version: clientValidator(client),
    },
  }
}

function clientHead(
  { id, name, createdAt, isGroupRestricted, allowedGroupIds, type }: Client,
  attempts: readonly AttemptWithUser[],
): ClientHead {
  const [lastAttempt] = attempts
  const lastSignIn = attempts.find(({ succeeded, accountId }) => succeeded && accountId !== null)
  return {
    id,
    name,
    createdAt,
    lastAttempt: lastAttempt ? { at: lastAttempt.at, succeeded: lastAttempt.succeeded } : null,
    lastSignIn: lastSignIn ? { at: lastSignIn.at, userName: lastSignIn.userName } : null,
    groups: isGroupRestricted ? allowedGroupIds.length : null,
    isDescribed: type === 'cimd',
  }
}
