import { ForbiddenError } from '@pocket/core/errors'
import type { Deps } from '../http/deps.ts'
import type { ClientPage } from './page-model.ts'

type Preview = ClientPage['preview']

const defaultScope = 'openid profile email groups'
const parts = ['idToken', 'userInfo', 'accessToken'] as const
const maxScopeLength = 1000

/** The token preview on a client's page for the user in the query; `defaultUserName` is that of the signed-in administrator. */
export async function previewFor(
  { pocket, directory }: Deps,
  clientId: string,
  query: Readonly<Record<string, unknown>>,
  defaultUserName: string,
): Promise<Preview> {
  const { user, scope: requestedScope } = query
  const scope =
    typeof requestedScope === 'string' && requestedScope.trim() !== ''
      ? requestedScope.slice(0, maxScopeLength)
      : defaultScope
  if (typeof user !== 'string' || user.trim() === '')
    return { userName: defaultUserName, scope, problem: null, parts: [] }
  const userName = user.trim().slice(0, 100)
  const account = await directory.findByName(userName)
  if (!account) return { userName, scope, problem: 'unknown', parts: [] }
  try {
    const tokens = await pocket.previewTokens(clientId, account.id, scope)
    const previews = parts.map((name) => ({ name, json: JSON.stringify(tokens[name], null, 2) }))
    return { userName, scope, problem: null, parts: previews }
  } catch (error) {
    if (!(error instanceof ForbiddenError)) throw error
    return { userName, scope, problem: 'not_allowed', parts: [] }
  }
}
