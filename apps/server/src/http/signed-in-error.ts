import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { SignedInErrorPage } from './page-models.ts'
import { preferencesOf } from './preferences.ts'
import { rail } from './rail.ts'
import { viewerOf } from './viewer.ts'

interface ErrorDetails {
  readonly code: string
  readonly description: string
  readonly requestId: string | null
}

/** Titles of errors whose code does not say what is missing, by the resource in their details, for the pages below a path. */
const missingTitles: Readonly<Record<string, readonly [path: string, title: string]>> = {
  'User group': ['/settings/admin/user-groups/', 'error.noSuchGroup'],
  API: ['/settings/admin/apis/', 'error.noSuchApi'],
}

const remedies: Readonly<Record<string, string>> = {
  passkey_required: '/settings/account/security',
  sign_in_again: '/settings/account/security',
  forbidden: '/settings/apps',
  one_time_access_disabled: '/settings/admin/application-configuration/email',
  ldap_disabled: '/settings/admin/application-configuration/ldap',
  ldap_sync_failed: '/settings/admin/application-configuration/ldap',
}

const entries = Object.values(rail)
  .flat()
  .flatMap(({ name, path, tabs = [] }) => [{ title: `frame.rail.${name}`, path }, ...tabs])

export function signedInErrorPage(
  ctx: Context,
  user: User,
  { code, description, requestId }: ErrorDetails,
  resource: unknown,
): SignedInErrorPage {
  const params: unknown = ctx.params
  const id = typeof params === 'object' && params !== null ? Reflect.get(params, 'id') : undefined
  const [path, missingTitle] = missingTitles[String(resource)] ?? []
  const title = path !== undefined && missingTitle !== undefined && ctx.path.startsWith(path) ? missingTitle : null
  return {
    view: 'signed-in-error',
    viewer: viewerOf(user),
    title,
    code,
    description,
    requestId: requestId ?? '',
    missingId: (code.endsWith('_not_found') || title !== null) && typeof id === 'string' ? id : null,
    act: actFor(ctx, code),
  }
}

function actFor(ctx: Context, code: string): SignedInErrorPage['act'] {
  const remedy = remedies[code]
  const { here } = preferencesOf(ctx.req)
  // Without a `Referer` header the page of the form is unknown.
  if (remedy === undefined && ctx.method !== 'GET' && !code.endsWith('_not_found') && here !== '/')
    return { href: here, title: null }
  const path = remedy ?? ctx.path
  // The entry with the longest path above this one, such as the list of a missing client.
  const parents = entries.filter((entry) => path === entry.path || path.startsWith(`${entry.path}/`))
  const [entry] = parents.sort((left, right) => right.path.length - left.path.length)
  const isSamePage = entry?.path === ctx.path
  return entry && !isSamePage
    ? { href: entry.path, title: entry.title }
    : { href: '/settings/account', title: 'frame.rail.account' }
}
