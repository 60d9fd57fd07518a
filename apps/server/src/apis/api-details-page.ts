import type { Api, ClientListRequest } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { type Actor, pageActor } from '../access/actor.ts'
import { formText, formTexts } from '../http/form.ts'
import { differences, refusalOf, submittedVersion } from '../http/form-page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { apiValidator } from './administration.ts'
import { apiInput, newApi, storedPermissions, storedValues, submittedPermissions, submittedValues } from './api-form.ts'
import type { ApiPageDeps } from './deps.ts'
import type { ApiNotice, ApiPage } from './page-model.ts'

type SubmittedValues = Partial<Pick<ApiPage, 'values' | 'permissions'>>

/** Maximum number of clients on the page. */
const maxClients = 100
const notices: readonly ApiNotice[] = ['created', 'saved', 'access_saved', 'access_removed']

/** `/settings/admin/apis/:id`: one API. */
export function apiDetailsPages(deps: ApiPageDeps): readonly PageRoute[] {
  const { pocket, administration, authentication, show, flashes, path } = deps
  const { apis, clients } = pocket

  const showApi = async (
    ctx: Context,
    user: User,
    api: Api,
    overrides: Partial<Pick<ApiPage, 'values' | 'permissions' | 'problems' | 'conflict'>> = {},
  ) => {
    const grants = new Map((await apis.grantsOf(api.id)).map((grant) => [grant.clientId, grant]))
    const granted = await clients.page(grantedClients(api.id))
    const { notice } = flashes.consume(ctx, `${path}/${api.id}`)
    await show(ctx, {
      view: 'api',
      viewer: viewerOf(user),
      api,
      values: storedValues(api),
      permissions: storedPermissions(api),
      clients: granted.items.map(({ client: { id, name } }) => {
        const grant = grants.get(id)
        return {
          id,
          name,
          forPeople: grant?.userDelegatedAccess ? grant.userDelegatedPermissionIds.length : null,
          clientPermissionCount: grant?.clientAccess ? grant.clientPermissionIds.length : null,
        }
      }),
      moreClients: granted.total - granted.items.length,
      problems: [],
      notice: notices.find((option) => option === notice) ?? null,
      version: apiValidator(api),
      conflict: null,
      ...overrides,
    })
  }

  /** Handles a form on the page; shows it again with the submitted values if they are rejected. */
  const form = (
    subpath: '' | '/permissions' | '/described',
    readForm: (ctx: Context) => SubmittedValues,
    update: (actor: Actor, id: string, ctx: Context, submitted: SubmittedValues) => Promise<unknown>,
  ) => ({
    method: 'post' as const,
    path: `${path}/:id${subpath}` as const,
    async handle(ctx: Context) {
      const user = await authentication.requireUser(ctx)
      const api = await administration.getApi(String(ctx.params.id))
      const submitted = readForm(ctx)
      const actor = { ...pageActor(user, ctx), ...submittedVersion(ctx) }
      const refusal = await refusalOf(() => update(actor, api.id, ctx, submitted))
      if (!refusal) {
        flashes.set(ctx, `${path}/${api.id}`, { notice: 'saved' })
        seeOther(ctx, `${path}/${api.id}`)
        return
      }
      const current = refusal.isConflict ? await administration.getApi(api.id) : api
      const conflict = refusal.isConflict ? conflictOf(current, submitted) : null
      await showApi(ctx, user, current, { ...submitted, problems: refusal.problems, conflict })
      ctx.status = refusal.status
    },
  })

  return [
    {
      method: 'get',
      path: `${path}/:id`,
      async handle(ctx) {
        const user = await authentication.requireUser(ctx)
        await showApi(ctx, user, await administration.getApi(String(ctx.params.id)))
      },
    },
    form(
      '',
      (ctx) => ({ values: submittedValues(ctx) }),
      (actor, id, _ctx, { values }) => administration.update(actor, id, apiInput(values ?? newApi)),
    ),
    form(
      '/permissions',
      (ctx) => ({ permissions: submittedPermissions(ctx) }),
      (actor, id, _ctx, { permissions = [] }) =>
        administration.setPermissions(
          actor,
          id,
          permissions.map(([key, name, description]) => ({ key, name, description })),
        ),
    ),
    form(
      '/described',
      () => ({}),
      (actor, id, ctx) =>
        administration.setCimdAccess(actor, id, {
          enabled: formText(ctx, 'enabled', 10) === 'true',
          permissionIds: formTexts(ctx, 'permissions'),
        }),
    ),
    {
      method: 'post',
      path: `${path}/:id/remove`,
      async handle(ctx) {
        const user = await authentication.requireUser(ctx)
        const { id, name } = await administration.getApi(String(ctx.params.id))
        await administration.remove(pageActor(user, ctx), id)
        flashes.set(ctx, path, { removed: name })
        seeOther(ctx, path)
      },
    },
  ]
}

function conflictOf(stored: Api, { values, permissions }: SubmittedValues): ApiPage['conflict'] {
  const before = { ...storedValues(stored), permissions: rowsText(storedPermissions(stored)) }
  return differences<string>(before, {
    ...before,
    ...values,
    ...(permissions && { permissions: rowsText(permissions) }),
  })
}

function rowsText(rows: ApiPage['permissions']): string {
  return rows.map((row) => row.filter((cell) => cell !== '').join(' · ')).join('; ')
}

function grantedClients(apiId: string): ClientListRequest {
  const sort = { by: 'name', descending: false } as const
  return { scope: { of: 'granted', apiId }, page: 1, limit: maxClients, search: '', filters: {}, sort }
}
