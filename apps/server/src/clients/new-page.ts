import type { NewClientInput } from '@pocket/core'
import { type FieldError, InvalidInputError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { formText } from '../http/form.ts'
import { refusalOf } from '../http/form-page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { viewerOf } from '../http/viewer.ts'
import { accessChoice } from './access-form.ts'
import type { ClientPageContext } from './client-page-context.ts'
import { dsmAddresses } from './dsm.ts'
import type { ClientNewPage, ClientNewValues } from './page-model.ts'
import { type PastedAddress, pastedAddress, templateInput } from './templates/address.ts'
import type { ClientTemplate } from './templates/template.ts'
import { synologyDsm, templateOf, templates, templatesMatching } from './templates/templates.ts'

/** The client to create, or the doubt that needs confirmation. */
interface Wanted {
  readonly input: NewClientInput
  readonly corrections: readonly { readonly given: string; readonly corrected: string }[]
  readonly doubt: ClientNewPage['doubt']
}

/** `/settings/admin/oidc-clients/new`: connects an application. */
export function newClientPages({ desk }: { readonly desk: ClientPageContext }): readonly PageRoute[] {
  const { path, authentication, show, administration, by, done } = desk
  const here = `${path}/new` as const

  const choose = async (ctx: Context) => {
    const viewer = viewerOf(await authentication.requireUser(ctx))
    if (ctx.query.template === undefined) {
      const search = typeof ctx.query.search === 'string' ? ctx.query.search.trim().slice(0, 100) : ''
      const matching = new Set(search === '' ? templates : templatesMatching(search))
      const listed = templates.map((each) => ({ id: each.id, name: each.name, isListed: matching.has(each) }))
      await show(ctx, { view: 'client-choose', viewer, search, templates: listed })
      return
    }
    const template = templateOf(String(ctx.query.template))
    const values = { name: template?.name ?? '', address: '', redirectUris: [], operator: '' }
    await show(ctx, { ...page(template), viewer, values, isGroupRestricted: true })
  }

  const create = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    const template = templateOf(formText(ctx, 'template'))
    const { values, isGroupRestricted } = formValues(ctx)
    const again = { ...page(template), viewer: viewerOf(user), values, isGroupRestricted }
    let wanted: Wanted | undefined
    const refusal = await refusalOf(async () => {
      wanted = suggestedClient(template, values)
      if (wanted.doubt && wanted.doubt.address !== formText(ctx, 'sure', 2000)) return
      const client = await administration.create(by(ctx, user), { ...wanted.input, isGroupRestricted })
      const minted = client.isPublic ? null : await administration.addSecret(by(ctx, user), client.id, {})
      done(ctx, client.id, {
        newSecret: minted && { id: minted.stored.id, value: minted.plain },
        corrections: wanted.corrections,
        notice: 'created',
      })
    })
    if (ctx.status === 303) return
    const doubt = wanted?.doubt ?? null
    await show(ctx, { ...again, doubt: refusal ? null : doubt, problems: refusal?.problems ?? [] })
    ctx.status = refusal?.status ?? 400
  }

  return [
    { method: 'get', path: here, handle: choose },
    { method: 'post', path: here, handle: create },
  ]
}

function page(template: ClientTemplate | null) {
  return {
    view: 'client-new',
    template: template && { id: template.id, name: template.name, example: template.example },
    problems: [],
    doubt: null,
    port: template?.port ?? null,
  } as const
}

function formValues(ctx: Context) {
  const lines = formText(ctx, 'redirectUris').split(/\s+/)
  const values: ClientNewValues = {
    name: formText(ctx, 'name').trim(),
    address: formText(ctx, 'address', 2000).trim(),
    redirectUris: lines.filter((line) => line !== ''),
    operator: formText(ctx, 'operator', 100).trim(),
  }
  const { isGroupRestricted } = accessChoice(ctx)
  return { values, isGroupRestricted }
}

/** @throws {InvalidInputError} `validation_failed` if a URL is missing or invalid */
function suggestedClient(
  template: ClientTemplate | null,
  { name, address, redirectUris, operator }: ClientNewValues,
): Wanted {
  const nothing = { corrections: [], doubt: null }
  if (template === null || template === synologyDsm) {
    // Without a redirect URI no user could sign in, so the form requires one; the API does not.
    if (redirectUris.length === 0) throw refused({ field: 'redirectUris', code: 'required', message: 'is required' })
    if (template === null)
      return { ...nothing, input: { name, redirectUris, template: null, protocol: { operator: operator || null } } }
    const { corrections, redirectUris: origins } = dsmAddresses(redirectUris)
    return { ...nothing, corrections, input: { name, redirectUris: origins, template: template.id } }
  }
  if (template.example === null) return { ...nothing, input: { ...templateInput(template, ''), name } }
  if (address === '') throw refused({ field: 'address', code: 'required', message: 'is required' })
  const pasted = pastedAddress(template, address)
  if (pasted.doubt === 'invalid')
    throw refused({ field: 'address', code: 'invalid_format', message: 'must be an address' })
  return {
    input: { ...templateInput(template, pasted.address), name },
    corrections: correctionsOf(address, pasted),
    doubt: pasted.doubt && { code: pasted.doubt, address: pasted.address },
  }
}

function correctionsOf(given: string, { address, isCorrected }: PastedAddress) {
  return isCorrected ? [{ given, corrected: address }] : []
}

function refused(field: FieldError): InvalidInputError {
  return new InvalidInputError('validation_failed', 'The client is not valid.', { fields: [field] })
}
