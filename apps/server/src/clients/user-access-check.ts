import type { Client } from '@pocket/core'
import { accessProblem, protocolClaims } from '@pocket/core/internal'
import { pickedGroups } from '../http/choices.ts'
import type { Deps } from '../http/deps.ts'
import type { UserAccessCheck } from './page-model.ts'

const defaultScope = 'openid profile email groups'
const parts = ['idToken', 'userInfo', 'accessToken'] as const
const maxLength = 1000
/** Groups that the page offers to add the user to. */
const maxGroups = 5

/** Checks the user of the query: whether and why they may use the client, and what it would receive. */
export async function checkUserAccess(
  { pocket, directory }: Deps,
  client: Client,
  query: Readonly<Record<string, unknown>>,
): Promise<UserAccessCheck> {
  const [id, requestedScope] = [textOf(query.user), textOf(query.scope)]
  const unchecked = {
    user: null,
    scope: requestedScope || defaultScope,
    reason: null,
    groups: [],
    addTo: [],
    claims: [],
    parts: [],
  }
  if (id === '') return unchecked
  const user = (await directory.find(id)) ?? (await directory.findByName(id))
  if (!user) return { ...unchecked, user: { id, name: id, detail: '' }, reason: 'unknown' }
  const checked = {
    ...unchecked,
    user: { id: user.id, name: user.displayName || user.userName, detail: user.userName },
  }
  if (user.disabled) return { ...checked, reason: 'disabled' }
  const account = await directory.accounts.find(user.id)
  const groupIds = (account?.groups ?? []).map((group) => group.id)
  const problem = await accessProblem(
    client,
    { id: user.id, groups: account?.groups ?? [] },
    pocket.passkeys.countUsable,
  )
  if (problem === 'second_passkey') return { ...checked, reason: problem }
  if (problem) {
    // An import would revert the members of a group from LDAP.
    const allowed = (await directory.groups.list(client.allowedGroupIds)).filter(({ ldapId }) => ldapId === null)
    const byName = allowed.toSorted((a, b) => a.friendlyName.localeCompare(b.friendlyName))
    return { ...checked, reason: 'not_member', addTo: pickedGroups(byName.slice(0, maxGroups)) }
  }
  const grantingIds = client.isGroupRestricted ? groupIds.filter((each) => client.allowedGroupIds.includes(each)) : []
  const tokens = await pocket.previewTokens(client.id, user.id, checked.scope)
  return {
    ...checked,
    reason: client.isGroupRestricted ? 'member' : 'everybody',
    groups: (await directory.groups.list(grantingIds)).map(({ friendlyName }) => friendlyName),
    claims: Object.entries({ ...tokens.idToken, ...tokens.userInfo })
      .filter(([name]) => name === 'sub' || !protocolClaims.has(name))
      .map(([name, value]) => ({ name, value: typeof value === 'string' ? value : JSON.stringify(value) })),
    parts: parts.map((name) => ({ name, json: JSON.stringify(tokens[name], null, 2) })),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, maxLength).toWellFormed() : ''
}
