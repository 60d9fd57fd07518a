import {
  type AccountStore,
  type AuditSink,
  type Client,
  type Pocket,
  redirectUriOpening,
  requestContext,
  type Transaction,
} from '@pocket/core'
import { InvalidInput, NotFound } from '@pocket/core/errors'
import type { Groups, User } from '@pocket/directory'
import type { Context } from 'koa'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import { formText } from '../http/form.ts'
import { differences, refusalOf, versionSent } from '../http/form-page.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { accessChoice, isRestrictedAtFirst } from './access-form.ts'
import { clientValidator, createClientAdministration } from './administration.ts'
import { namedAttempts } from './connection-log.ts'
import { dsmAddresses } from './dsm.ts'
import { clientEndpoints } from './endpoints.ts'
import { type ClientFlash, leaveClientFlash, takeClientFlash } from './flash.ts'
import type { ClientFormValues, ClientItem, ClientPage, ClientTemplate } from './page-model.ts'
import { type PreviewFormPorts, previewFor } from './preview-form.ts'

export interface ClientPagesPorts {
  readonly pocket: Pocket
  readonly accounts: AccountStore
  readonly groups: Pick<Groups, 'page' | 'list'>
  readonly users: PreviewFormPorts['users']
  readonly authentication: Authentication
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly show: ShowPage
  readonly flashes: Flashes
}

const list = '/settings/admin/oidc-clients'
/** How many groups the page offers; with more, the API does it. */
const mostGroups = 200
const templates: readonly ClientTemplate[] = ['synology-dsm', 'other']

/** `/settings/admin/oidc-clients`: what an administrator does with clients. */
export function clientPages({
  pocket,
  accounts,
  groups,
  users,
  authentication,
  audit,
  transaction,
  show,
  flashes,
}: ClientPagesPorts) {
  const { clients } = pocket
  const administration = createClientAdministration({ clients, audit, transaction, terms: (work) => work() })
  const by = (ctx: Context, { id }: User) => ({ accountId: id, origin: requestContext(ctx.req) })
  const at = (id: string) => `${list}/${encodeURIComponent(id)}`

  const existing = async (ctx: Context): Promise<Client> => {
    const client = await clients.find(String(ctx.params.id))
    if (!client) throw new NotFound('client_not_found', 'There is no such client.')
    return client
  }

  const showClient = async (
    ctx: Context,
    user: User,
    client: Client,
    more: Partial<Pick<ClientPage, 'values' | 'problems' | 'conflict'>> & ClientFlash,
  ) =>
    show(ctx, {
      view: 'client',
      viewer: viewerOf(user),
      client: { ...client, secrets: client.secrets.map(({ id, prefix, createdAt }) => ({ id, prefix, createdAt })) },
      endpoints: clientEndpoints(pocket),
      attempts: await namedAttempts({ connectionLog: pocket.connectionLog, accounts }, client.id),
      openings: openingsOf(client),
      preview: await previewFor({ pocket, users }, client.id, ctx.query, user.userName),
      access: await accessOf(client),
      values: { name: client.name, redirectUris: client.redirectUris, operator: client.protocol.operator ?? '' },
      problems: [],
      version: clientValidator(client),
      conflict: null,
      ...more,
    })

  const accessOf = async ({ isGroupRestricted, allowedGroupIds }: Client): Promise<ClientPage['access']> => {
    const sort = { column: 'friendlyName', descending: false }
    const { items, total } = await groups.page({ page: 1, limit: mostGroups, sort, filters: {}, search: '' })
    const allowed = new Set(allowedGroupIds)
    const shown = items.map(({ id, friendlyName }) => ({ id, name: friendlyName, allowed: allowed.has(id) }))
    return { isGroupRestricted, allowed: allowed.size, groups: shown, more: total - items.length }
  }

  /** Leaves a message for the client's page and sends the person there. */
  const done = (ctx: Context, id: string, flash: Partial<ClientFlash>) => {
    leaveClientFlash(flashes, ctx, { path: at(id), flash })
    seeOther(ctx, at(id))
  }

  return {
    async list(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const { removed } = flashes.take(ctx, list)
      const items = (await clients.list()).map(clientItem)
      await show(ctx, {
        view: 'clients',
        viewer: viewerOf(user),
        clients: items,
        removed: typeof removed === 'string' ? removed : null,
      })
    },

    async new(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const template = templates.find((known) => known === ctx.query.template) ?? null
      const values = { name: template === 'synology-dsm' ? 'Synology DSM' : '', redirectUris: [], operator: '' }
      await show(ctx, {
        view: 'client-new',
        viewer: viewerOf(user),
        template,
        values,
        isGroupRestricted: isRestrictedAtFirst(template),
        problems: [],
      })
    },

    async create(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const template = templates.find((known) => known === formText(ctx, 'template')) ?? 'other'
      const values = formValues(ctx)
      const { isGroupRestricted } = accessChoice(ctx, isRestrictedAtFirst(template))
      const { redirectUris, corrections } = addressesFor(template, values)
      try {
        const client = await administration.create(by(ctx, user), {
          ...values,
          isGroupRestricted,
          protocol: { operator: values.operator || null },
          redirectUris: required(redirectUris),
          template: template === 'other' ? null : template,
        })
        const { plain, stored } = await administration.addSecret(by(ctx, user), client.id, {})
        done(ctx, client.id, { newSecret: { id: stored.id, value: plain }, corrections, notice: 'created' })
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        const page = { view: 'client-new', viewer: viewerOf(user), template, values, isGroupRestricted } as const
        await show(ctx, { ...page, problems: error.fields })
        ctx.status = error.status
      }
    },

    async show(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const client = await existing(ctx)
      await showClient(ctx, user, client, takeClientFlash(flashes, ctx, at(client.id)))
    },

    async update(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const client = await existing(ctx)
      const values = formValues(ctx)
      const { redirectUris, corrections } = addressesFor(client.template, values)
      const refusal = await refusalOf(() =>
        administration.update({ ...by(ctx, user), ...versionSent(ctx) }, client.id, {
          ...client,
          ...values,
          redirectUris: required(redirectUris),
          protocol: { operator: values.operator || null },
        }),
      )
      if (refusal) {
        const stored = refusal.isConflict ? await existing(ctx) : client
        await showClient(ctx, user, stored, {
          newSecret: null,
          notice: null,
          corrections: [],
          values,
          problems: refusal.problems,
          conflict: refusal.isConflict ? differences(shown(stored), shown({ ...values, redirectUris })) : null,
        })
        ctx.status = refusal.status
        return
      }
      done(ctx, client.id, { corrections, notice: 'saved' })
    },

    /** Who may use it: everybody, or the members of groups. */
    async setAccess(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const client = await existing(ctx)
      const { isGroupRestricted, groupIds } = accessChoice(ctx, true)
      const shown = new Set((await accessOf(client)).groups.map(({ id }) => id))
      // Groups beyond those that the page shows stay as they are.
      const kept = client.allowedGroupIds.filter((id) => !shown.has(id))
      const chosen = (await groups.list(groupIds)).map(({ id }) => id)
      await transaction(async () => {
        if (client.isGroupRestricted !== isGroupRestricted)
          await administration.update(by(ctx, user), client.id, { ...client, isGroupRestricted })
        if (isGroupRestricted) await administration.setAllowedGroups(by(ctx, user), client.id, [...kept, ...chosen])
      })
      done(ctx, client.id, { notice: 'saved' })
    },

    /** Registers an address with which the client came and was refused. */
    async addRedirectUri(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const { id } = await existing(ctx)
      await administration.addRedirectUri(by(ctx, user), id, formText(ctx, 'redirectUri'))
      done(ctx, id, { notice: 'saved' })
    },

    async addSecret(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const { id } = await existing(ctx)
      const { plain, stored } = await administration.addSecret(by(ctx, user), id, {})
      done(ctx, id, { newSecret: { id: stored.id, value: plain }, notice: 'secret_added' })
    },

    async removeSecret(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const { id } = await existing(ctx)
      const secretId = String(ctx.params.secretId)
      await administration.removeSecret(by(ctx, user), id, secretId)
      done(ctx, id, { notice: 'secret_removed' })
    },

    async remove(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const { id, name } = await existing(ctx)
      await administration.remove(by(ctx, user), id)
      flashes.leave(ctx, list, { removed: name })
      seeOther(ctx, list)
    },
  }
}

/** The addresses that let in more than themselves. */
function openingsOf({ redirectUris, postLogoutRedirectUris }: Client): ClientPage['openings'] {
  return [...new Set([...redirectUris, ...postLogoutRedirectUris])].flatMap((uri) => {
    const opening = redirectUriOpening(uri)
    return opening ? [{ uri, opening }] : []
  })
}

function formValues(ctx: Context): ClientFormValues {
  const lines = formText(ctx, 'redirectUris').split(/\s+/)
  return {
    name: formText(ctx, 'name').trim(),
    redirectUris: lines.filter((line) => line !== ''),
    operator: formText(ctx, 'operator', 100).trim(),
  }
}

/** What the form shows, to be compared. */
function shown({ name, redirectUris }: Pick<ClientFormValues, 'name' | 'redirectUris'>) {
  return { name, redirectUris: redirectUris.join(' ') }
}

function addressesFor(template: string | null, { redirectUris }: ClientFormValues) {
  return template === 'synology-dsm' ? dsmAddresses(redirectUris) : { redirectUris, corrections: [] }
}

/** A client without a callback URL could sign nobody in, so the form insists on one; the API does not. */
function required(redirectUris: readonly string[]): readonly string[] {
  if (redirectUris.length > 0) return redirectUris
  throw new InvalidInput('validation_failed', 'The client has no callback URL.', {
    fields: [{ field: 'redirectUris', code: 'required', message: 'is required' }],
  })
}

function clientItem({ id, name, redirectUris, createdAt }: Client): ClientItem {
  const url = URL.parse(redirectUris[0] ?? '')
  const web = url?.protocol === 'https:' || url?.protocol === 'http:'
  return { id, name, destination: url ? (web ? url.host : url.protocol.slice(0, -1)) : null, createdAt }
}
