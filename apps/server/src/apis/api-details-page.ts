import type { Api } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { runBulkAction } from '../http/bulk-actions.ts'
import { differences, runFormAction, submittedVersion } from '../http/form-page.ts'
import { listRequestOf } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { findPermission, permissionValidator } from './administration.ts'
import { apiInput, storedPermission, storedValues, submittedPermission, submittedValues } from './api-form.ts'
import type { ApiPageDeps } from './deps.ts'
import type { ApiFormValues, PermissionForm } from './page-model.ts'
import { pageOfPermissions } from './permission-list.ts'
import { apiRemovalConfirmation, apiTabPath, createShowApi, permissionList } from './show-api.ts'

export function apiDetailsPages(deps: ApiPageDeps): readonly PageRoute[] {
  const { administration, show, flashes, path } = deps
  const showApi = createShowApi(deps)

  const withApi =
    (handle: (ctx: Context, user: User, api: Api) => Promise<void>) => async (ctx: Context, user: User) => {
      await handle(ctx, user, await administration.getApi(String(ctx.params.id)))
    }

  const saveSettings = withApi(async (ctx, user, api) => {
    const values = submittedValues(ctx)
    const actor = { ...pageActor(user, ctx), ...submittedVersion(ctx) }
    const refusal = await runFormAction(() =>
      administration.updateSettings(actor, api.id, apiInput(values), values.allowCimdClients),
    )
    if (!refusal) {
      flashes.set(ctx, apiTabPath(api.id, 'settings'), { done: 'saved' })
      return seeOther(ctx, apiTabPath(api.id, 'settings'))
    }
    const current = refusal.isConflict ? await administration.getApi(api.id) : api
    const conflict = refusal.isConflict ? differences(comparable(storedValues(current)), comparable(values)) : null
    await showApi(ctx, user, current, 'settings', { values, problems: refusal.problems, conflict })
    ctx.status = refusal.status
  })

  const savePermission = withApi(async (ctx, user, api) => {
    const submitted = submittedPermission(ctx)
    const version = submittedVersion(ctx)
    const actor = { ...pageActor(user, ctx), ...version }
    const refusal = await runFormAction(() => administration.savePermission(actor, api.id, submitted.id, submitted))
    if (!refusal) {
      flashes.set(ctx, apiTabPath(api.id, 'permissions'), { done: 'saved', name: submitted.name })
      return seeOther(ctx, apiTabPath(api.id, 'permissions'))
    }
    const current = await administration.getApi(api.id)
    const stored = submitted.id === null ? undefined : findPermission(current.permissions, submitted.id)
    const conflict =
      refusal.isConflict && stored
        ? differences(comparablePermission(storedPermission(stored)), comparablePermission(submitted))
        : null
    await showApi(ctx, user, current, 'permissions', {
      permission: {
        ...submitted,
        version: stored ? permissionValidator(stored) : '',
        problems: permissionProblems(refusal.problems),
      },
      conflict,
    })
    ctx.status = refusal.status
  })

  /** Deletes several permissions, after confirmation. */
  const removePermissions = withApi(async (ctx, user, { id }) => {
    const permissionsNow = async () => (await administration.getApi(id)).permissions
    await runBulkAction(
      ctx,
      {
        ...{ viewer: user, path: apiTabPath(id, 'permissions'), within: 'api' },
        ...{ asks: 'apiPermissions', act: 'delete' },
        find: async (ids) => (await permissionsNow()).filter((permission) => ids.includes(permission.id)),
        async findMatching(query, limit) {
          const api = await administration.getApi(id)
          return pageOfPermissions(api.permissions, { ...listRequestOf(permissionList(api), query), page: 1, limit })
        },
        work: (permission) => administration.removePermission(pageActor(user, ctx), id, permission.id),
      },
      { show, flashes },
    )
  })

  return [
    ...(['permissions', 'clients', 'settings'] as const).map(
      (tab): PageRoute =>
        route.get(
          tab === 'permissions' ? `${path}/:id` : `${path}/:id/${tab}`,
          withApi((ctx, user, api) => showApi(ctx, user, api, tab)),
        ),
    ),
    route.post(`${path}/:id/settings`, saveSettings),
    route.post(`${path}/:id/permissions`, savePermission),
    route.post(`${path}/:id/bulk`, removePermissions),
    // The confirmation page for browsers without JavaScript.
    route.get(
      `${path}/:id/remove`,
      withApi((ctx, user, api) =>
        show(ctx, {
          view: 'confirm',
          viewer: viewerOf(user),
          within: 'api',
          confirmation: apiRemovalConfirmation(api),
          cancelTo: apiTabPath(api.id, 'settings'),
        }),
      ),
    ),
    route.post(
      `${path}/:id/remove`,
      withApi(async (ctx, user, { id, name }) => {
        await administration.remove(pageActor(user, ctx), id)
        flashes.set(ctx, path, { removed: name })
        seeOther(ctx, path)
      }),
    ),
  ]
}

/** Core names the position of a permission in the list; the form has only one. */
function permissionProblems(problems: readonly FieldError[]): readonly FieldError[] {
  const formNames: Readonly<Record<string, string>> = { name: 'permissionName', description: 'description' }
  return problems.map((problem) => ({ ...problem, field: formNames[problem.field.split('.')[1] ?? ''] ?? 'key' }))
}

function comparable({ allowCimdClients, ...texts }: ApiFormValues) {
  return { ...texts, described: allowCimdClients ? '✓' : '–' }
}

function comparablePermission({ name, description, isOffered }: PermissionForm) {
  return { permissionName: name, description, described: isOffered ? '✓' : '–' }
}
