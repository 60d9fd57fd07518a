import type { Api, ApiAccess, Client } from '@pocket/core'
import { PreconditionFailedError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { formText, formTexts } from '../http/form.ts'
import { differences, submittedVersion } from '../http/form-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { accessValidator } from './administration.ts'
import { accessDto } from './api-dto.ts'
import type { ApiPageDeps } from './deps.ts'
import type { ApiAccessPage } from './page-model.ts'
import { pickedPermission } from './permission-list.ts'
import { apiTabPath } from './show-api.ts'

export function apiAccessPages(deps: ApiPageDeps): readonly PageRoute[] {
  const { pocket, administration, show, flashes, path } = deps
  const accessPath = `${path}/:id/clients/:clientId` as const

  const findApiAndClient = async (ctx: Context) => ({
    api: await administration.getApi(String(ctx.params.id)),
    client: await administration.getClient(String(ctx.params.clientId)),
  })
  const showAccess = async (ctx: Context, user: User, { api, client }: ApiAndClient, submitted?: ApiAccess) => {
    const stored = await pocket.apis.grant(api.id, client.id)
    await show(ctx, {
      view: 'api-access',
      viewer: viewerOf(user),
      api: { id: api.id, name: api.name, resource: api.resource },
      permissionCount: api.permissions.length,
      client: { id: client.id, name: client.name, isPublic: client.isPublic },
      access: shownAccess(api, submitted ?? accessDto(stored)),
      version: accessValidator(stored),
      conflict: submitted ? differences(accessTexts(api, accessDto(stored)), accessTexts(api, submitted)) : null,
    })
  }
  const redirectWithNotice = (ctx: Context, { api, client }: ApiAndClient, done: 'access_saved' | 'access_removed') => {
    flashes.set(ctx, apiTabPath(api.id, 'clients'), { done, name: client.name })
    seeOther(ctx, apiTabPath(api.id, 'clients'))
  }

  return [
    // A form submits only the client.
    route.get(`${path}/access`, async (ctx) => {
      const [api, client] = [ctx.query.api, ctx.query.client].map((id) => encodeURIComponent(String(id ?? '')))
      // Nothing was chosen.
      if (api === '') seeOther(ctx, client === '' ? path : `/settings/admin/oidc-clients/${client}/settings`)
      else seeOther(ctx, client === '' ? `${path}/${api}/clients` : `${path}/${api}/clients/${client}`)
    }),
    route.get(accessPath, async (ctx, user) => {
      await showAccess(ctx, user, await findApiAndClient(ctx))
    }),
    route.post(accessPath, async (ctx, user) => {
      const { api, client } = await findApiAndClient(ctx)
      const submitted = submittedAccess(ctx)
      const actor = { ...pageActor(user, ctx), ...submittedVersion(ctx) }
      try {
        await administration.setGrant(actor, api.id, client.id, submitted)
      } catch (error) {
        if (!(error instanceof PreconditionFailedError)) throw error
        await showAccess(ctx, user, await findApiAndClient(ctx), submitted)
        ctx.status = error.status
        return
      }
      redirectWithNotice(ctx, { api, client }, 'access_saved')
    }),
    route.post(`${accessPath}/remove`, async (ctx, user) => {
      const { api, client } = await findApiAndClient(ctx)
      await administration.removeGrant(pageActor(user, ctx), api.id, client.id)
      redirectWithNotice(ctx, { api, client }, 'access_removed')
    }),
  ]
}

interface ApiAndClient {
  readonly api: Api
  readonly client: Client
}

function shownAccess({ permissions }: Api, access: ApiAccess): ApiAccessPage['access'] {
  const pickPermissions = (ids: readonly string[]) =>
    permissions.filter(({ id }) => ids.includes(id)).map(pickedPermission)
  return {
    delegated: {
      isAllowed: access.userDelegatedAccess,
      permissions: pickPermissions(access.userDelegatedPermissionIds),
    },
    own: { isAllowed: access.clientAccess, permissions: pickPermissions(access.clientPermissionIds) },
  }
}

function submittedAccess(ctx: Context): ApiAccess {
  const userDelegatedPermissionIds = formTexts(ctx, 'userDelegatedPermissionIds')
  const clientPermissionIds = formTexts(ctx, 'clientPermissionIds')
  return {
    // A permission implies access.
    userDelegatedAccess: formText(ctx, 'userDelegatedAccess', 10) === 'true' || userDelegatedPermissionIds.length > 0,
    clientAccess: formText(ctx, 'clientAccess', 10) === 'true' || clientPermissionIds.length > 0,
    userDelegatedPermissionIds,
    clientPermissionIds,
  }
}

/** The granted permissions for comparison and display; empty if there is no access. */
function accessTexts({ permissions }: Api, access: ApiAccess): Record<ConflictField, string> {
  const text = (isAllowed: boolean, ids: readonly string[]) =>
    isAllowed ? ['✓', ...permissions.filter(({ id }) => ids.includes(id)).map(({ name }) => name)].join(' ') : ''
  return {
    delegated: text(access.userDelegatedAccess, access.userDelegatedPermissionIds),
    own: text(access.clientAccess, access.clientPermissionIds),
  }
}

type ConflictField = NonNullable<ApiAccessPage['conflict']>[number]['field']
