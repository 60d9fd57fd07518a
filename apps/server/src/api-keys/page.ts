import { requestContext } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import { isWithoutPasskey } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { areas } from '../access/api-key-scope.ts'
import { bulkNotice } from '../http/bulk.ts'
import { runBulkAction } from '../http/bulk-actions.ts'
import type { PageDeps } from '../http/deps.ts'
import { type Refusal, runFormAction } from '../http/form-page.ts'
import { readListPage } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { MintedApiKey } from './api-key.ts'
import type { ApiKeys } from './api-keys.ts'
import { emptyKey, expirationOf, formProblems, keyValues, lifetimeValues, problemsOf, scopesOf } from './key-form.ts'
import { apiKeyLine, apiKeyList, apiKeysPath } from './key-line.ts'
import { type ApiKeyRenewPage, type ApiKeysPage, apiKeyNotices } from './page-model.ts'

export function apiKeyPages(deps: PageDeps & { readonly apiKeys: ApiKeys }): readonly PageRoute[] {
  const { apiKeys, pocket, show, flashes, secure, clock } = deps
  const ownerOf = (ctx: Context, { id, administrator }: User) => ({
    ownerId: id,
    isAdministrator: administrator,
    origin: requestContext(ctx.req),
  })
  const canCreate = async ({ req, res }: Context) => {
    const session = await pocket.session(req, res)
    return session !== undefined && !isWithoutPasskey(session)
  }
  const redirectWithToken = (ctx: Context, done: 'created' | 'renewed', { apiKey: { name }, token }: MintedApiKey) => {
    flashes.set(ctx, apiKeysPath, { done, name, token })
    seeOther(ctx, apiKeysPath)
  }
  const getApiKey = async ({ id: ownerId }: User, id: unknown) => {
    const apiKey = await apiKeys.find(ownerId, String(id))
    if (apiKey === undefined) throw new NotFoundError('api_key_not_found', 'There is no such API key.')
    return apiKey
  }

  type Overrides = Partial<Pick<ApiKeysPage, 'values' | 'problems' | 'problem'>>
  const showKeys = async (ctx: Context, user: User, overrides: Overrides = {}) => {
    const listPage = readListPage(ctx, apiKeyList, secure)
    const { items, total } = await apiKeys.list(user.id, listPage.request)
    const flash = flashes.consume(ctx, apiKeysPath)
    const notice = noticeOf(flash)
    await show(ctx, {
      view: 'api-keys',
      viewer: viewerOf(user),
      list: listPage.view(total),
      keys: items.map((key) => apiKeyLine(key, clock.now())),
      areas,
      canCreate: await canCreate(ctx),
      offersSecrets: user.administrator,
      values: emptyKey,
      problems: [],
      problem: null,
      ...overrides,
      notice,
      bulkNotice: notice === null ? bulkNotice(flash) : null,
    })
  }

  const create = async (ctx: Context, user: User) => {
    const values = keyValues(ctx)
    const { name, description, canReadSecrets } = values
    const formErrors = formProblems(values)
    let minted: MintedApiKey | undefined
    const refusal: Pick<Refusal, 'status' | 'problems' | 'problem'> | null =
      formErrors.length > 0
        ? { status: 400, problems: formErrors, problem: null }
        : await runFormAction(async () => {
            const expiresAt = expirationOf(values, clock.now())
            const scopes = scopesOf(values)
            const input = { name, description: description || null, scopes, canReadSecrets, expiresAt }
            minted = await apiKeys.create(ownerOf(ctx, user), input)
          })
    if (minted) return redirectWithToken(ctx, 'created', minted)
    const problems = refusal ? problemsOf(refusal) : []
    await showKeys(ctx, user, { values, problems, problem: problems.length > 0 ? null : (refusal?.problem ?? null) })
    ctx.status = refusal?.status ?? 400
  }

  const showRenewal = async (ctx: Context, user: User, overrides: Partial<ApiKeyRenewPage> = {}) => {
    const { id, name } = await getApiKey(user, ctx.params.id)
    const { lifetime, until } = emptyKey
    const defaults = { values: { lifetime, until }, problems: [] }
    await show(ctx, { view: 'api-key-renew', viewer: viewerOf(user), id, name, ...defaults, ...overrides })
  }
  const renew = async (ctx: Context, user: User) => {
    const values = lifetimeValues(ctx)
    let minted: MintedApiKey | undefined
    const refusal = await runFormAction(async () => {
      minted = await apiKeys.renew(ownerOf(ctx, user), String(ctx.params.id), expirationOf(values, clock.now()))
    })
    if (minted) return redirectWithToken(ctx, 'renewed', minted)
    if (refusal?.problem === 'api_key_not_expired') await showKeys(ctx, user, { problem: refusal.problem })
    else await showRenewal(ctx, user, { values, problems: refusal ? problemsOf(refusal) : [] })
    ctx.status = refusal?.status ?? 400
  }

  const confirmRevocation = async (ctx: Context, user: User) => {
    const { revoking: confirmation } = apiKeyLine(await getApiKey(user, ctx.params.id), clock.now())
    await show(ctx, {
      view: 'confirm',
      viewer: viewerOf(user),
      within: 'api-keys',
      confirmation,
      cancelTo: apiKeysPath,
    })
  }
  const revoke = async (ctx: Context, user: User) => {
    const { id, name } = await getApiKey(user, ctx.params.id)
    await apiKeys.remove(ownerOf(ctx, user), id)
    flashes.set(ctx, apiKeysPath, { done: 'revoked', name })
    seeOther(ctx, apiKeysPath)
  }
  const revokeBulk = async (ctx: Context, user: User) =>
    runBulkAction(
      ctx,
      {
        viewer: user,
        path: apiKeysPath,
        within: 'api-keys',
        asks: 'apiKeys.revoke',
        act: 'revoke',
        find: async (ids) =>
          (await Promise.all(ids.map((id) => apiKeys.find(user.id, id)))).filter((key) => key !== undefined),
        work: ({ id }) => apiKeys.remove(ownerOf(ctx, user), id),
      },
      { show, flashes },
    )
  return [
    route.get(apiKeysPath, (ctx, user) => showKeys(ctx, user)),
    route.post(apiKeysPath, create),
    route.post(`${apiKeysPath}/bulk`, revokeBulk),
    route.get(`${apiKeysPath}/:id/renew`, (ctx, user) => showRenewal(ctx, user)),
    route.post(`${apiKeysPath}/:id/renew`, renew),
    route.get(`${apiKeysPath}/:id/revoke`, confirmRevocation),
    route.post(`${apiKeysPath}/:id/revoke`, revoke),
  ]
}

function noticeOf({ done, name, token }: Readonly<Record<string, unknown>>): ApiKeysPage['notice'] {
  const noticeName = apiKeyNotices.find((notice) => notice === done)
  if (noticeName === undefined || typeof name !== 'string') return null
  return { done: noticeName, name, token: typeof token === 'string' ? token : null }
}
