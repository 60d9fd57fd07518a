import type { Client } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import { ScimError, type ScimRecord } from '@pocket/directory/internal'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { mask } from '../access/secret-access.ts'
import type { PageDeps } from '../http/deps.ts'
import { formText } from '../http/form.ts'
import { differences, runFormAction, submittedVersion } from '../http/form-page.ts'
import { pageOfItems } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { ScimServices } from './deps.ts'
import { type ClientScimPage, type ScimFormValues, type ScimNotice, scimNotices } from './page-model.ts'
import { isRunning, type ScimProvider } from './provider.ts'
import { scimProviderNotFound, scimProviderValidator, scimStateOf } from './providers.ts'
import type { ScimRuns } from './runs.ts'

type PageOverrides = Partial<Pick<ClientScimPage, 'values' | 'problems' | 'conflict' | 'test'>>

const path = '/settings/admin/oidc-clients/:id/scim'
const maxResults = 50
const maxAllResults = 10_000
const emptyValues: ScimFormValues = { endpoint: '', removal: 'deactivate' }

export function scimPages(deps: PageDeps & { readonly scim: ScimServices }): readonly PageRoute[] {
  const { pocket, show, flashes, clock, secure } = deps
  const { providers, runs, records } = deps.scim
  const scimPath = (id: string) => `/settings/admin/oidc-clients/${encodeURIComponent(id)}/scim`

  const findClient = async (ctx: Context): Promise<Client> => {
    const client = await pocket.clients.find(String(ctx.params.id))
    if (!client) throw new NotFoundError('client_not_found', 'There is no such client.')
    return client
  }
  const findProvider = async (client: Client): Promise<ScimProvider> => {
    const provider = await providers.findByClient(client.id)
    if (!provider) throw scimProviderNotFound()
    return provider
  }

  const showPage = async (ctx: Context, user: User, client: Client, overrides: PageOverrides = {}) => {
    const { notice, count } = flashes.consume(ctx, scimPath(client.id))
    const provider = await providers.findByClient(client.id)
    const limit = ctx.query.found === 'all' ? maxAllResults : maxResults
    const matches = provider ? await records.listFound(provider.id, limit) : { items: [], total: 0 }
    await show(ctx, {
      view: 'client-scim',
      viewer: viewerOf(user),
      client: { id: client.id, name: client.name },
      isGroupRestricted: client.isGroupRestricted,
      provider: provider
        ? {
            hasToken: provider.token !== '',
            isRunning: isRunning(provider, clock.now()),
            state: scimStateOf(provider).state,
            nextRunAt: provider.nextRunAt,
            succeededAt: provider.succeededAt,
            report: provider.report,
            failures: pageOfItems(ctx, scimPath(client.id), provider.report?.problems ?? [], secure),
          }
        : null,
      values: provider ?? emptyValues,
      problems: [],
      found: { items: matches.items, total: matches.total },
      test: null,
      notice: scimNotices.find((candidate) => candidate === notice) ?? null,
      count: typeof count === 'number' ? count : 0,
      version: provider ? scimProviderValidator(provider) : '',
      conflict: null,
      ...overrides,
    })
  }

  const redirectWithNotice = (ctx: Context, { id }: Client, notice: ScimNotice, flashData: object = {}) => {
    flashes.set(ctx, scimPath(id), { notice, ...flashData })
    seeOther(ctx, scimPath(id))
  }

  const save = async (ctx: Context, user: User) => {
    const client = await findClient(ctx)
    const before = await providers.findByClient(client.id)
    const values = readValues(ctx)
    const token = readToken(ctx, before)
    const actor = { ...pageActor(user, ctx), ...submittedVersion(ctx) }
    const input = { ...values, token, clientId: client.id }
    const refusal = await runFormAction(() =>
      before ? providers.update(actor, before.id, input) : providers.createFirst(actor, input),
    )
    if (!refusal) {
      runs.startDueRuns()
      return redirectWithNotice(ctx, client, 'saved')
    }
    const current = refusal.isConflict ? await providers.findByClient(client.id) : undefined
    await showPage(ctx, user, client, {
      values,
      problems: refusal.problem ? [{ field: 'endpoint', code: refusal.problem, message: '' }] : refusal.problems,
      conflict: refusal.isConflict ? differences(textFields(current ?? emptyValues), textFields(values)) : null,
    })
    ctx.status = refusal.status
  }

  const providerRoute = (
    action: string,
    work: (ctx: Context, context: { client: Client; provider: ScimProvider; user: User }) => Promise<void>,
  ): PageRoute =>
    route.post(`${path}/${action}`, async (ctx, user) => {
      const client = await findClient(ctx)
      await work(ctx, { client, provider: await findProvider(client), user })
    })

  return [
    route.get(path, async (ctx, user) => {
      await showPage(ctx, user, await findClient(ctx))
    }),
    route.post(path, save),
    providerRoute('test', async (ctx, { client, provider, user }) => {
      await showPage(ctx, user, client, { test: await runTest(() => runs.test(provider)) })
    }),
    // Reloading the result must not run the test again.
    route.get(`${path}/test`, async (ctx) => {
      seeOther(ctx, scimPath((await findClient(ctx)).id))
    }),
    providerRoute('run', async (ctx, { client, provider, user }) => {
      if (isRunning(provider, clock.now())) return redirectWithNotice(ctx, client, 'running')
      await providers.request(pageActor(user, ctx), provider.id)
      runs.startDueRuns()
      redirectWithNotice(ctx, client, 'requested')
    }),
    providerRoute('adopt', async (ctx, { client, provider, user }) => {
      const count = await providers.adopt(pageActor(user, ctx), provider.id, readSelection(ctx))
      runs.startDueRuns()
      redirectWithNotice(ctx, client, 'adopted', { count })
    }),
    providerRoute('remove', async (ctx, { client, provider, user }) => {
      await providers.remove(pageActor(user, ctx), provider.id)
      redirectWithNotice(ctx, client, 'removed')
    }),
  ]
}

async function runTest(test: () => ReturnType<ScimRuns['test']>): Promise<ClientScimPage['test']> {
  try {
    return { works: true, ...(await test()) }
  } catch (error) {
    if (error instanceof ScimError) return { works: false, code: error.code, detail: error.detail }
    if (error instanceof Error && error.name === 'TimeoutError') return { works: false, code: 'timeout', detail: null }
    throw error
  }
}

function readValues(ctx: Context): ScimFormValues {
  return {
    endpoint: formText(ctx, 'endpoint').trim(),
    removal: formText(ctx, 'removal', 20) === 'delete' ? 'delete' : 'deactivate',
  }
}

/** The stored token is not displayed, so an empty field keeps it. */
function readToken(ctx: Context, before: ScimProvider | undefined): string {
  const input = formText(ctx, 'token', 20_000).trim()
  if (input !== '') return input
  return before && before.token !== '' && formText(ctx, 'tokenRemove', 10) !== 'true' ? mask : ''
}

/** The selected match; `undefined` means all matches. */
function readSelection(ctx: Context): Pick<ScimRecord, 'kind' | 'localId'> | undefined {
  const localId = formText(ctx, 'localId', 100)
  if (localId === '') return undefined
  return { kind: formText(ctx, 'kind', 10) === 'group' ? 'group' : 'user', localId }
}

function textFields({ endpoint, removal }: ScimFormValues): Readonly<Record<'endpoint' | 'removal', string>> {
  return { endpoint, removal }
}
