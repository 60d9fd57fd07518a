import type { NewClientInput } from '@pocket/core'
import { type FieldError, InvalidInputError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { formText } from '../http/form.ts'
import { runFormAction } from '../http/form-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { viewerOf } from '../http/viewer.ts'
import { accessChoice } from './access-form.ts'
import type { ClientPageContext } from './client-page-context.ts'
import { correctDsmRedirectUris } from './dsm.ts'
import { templateLogos } from './generated/template-logos.ts'
import type { ClientNewPage, ClientNewValues } from './page-model.ts'
import { launchUrlOf, type PastedUrl, parsePastedUrl, templateInput } from './templates/pasted-url.ts'
import type { ClientTemplate } from './templates/template.ts'
import { protectedSite, synologyDsm, templateOf, templates, templatesMatching } from './templates/templates.ts'

const idTaken: FieldError = { field: 'id', code: 'already_in_use', message: 'is already in use' }

/** The client to create, or the warning that needs confirmation. */
interface ClientDraft {
  readonly input: NewClientInput
  readonly corrections: readonly { readonly given: string; readonly corrected: string }[]
  readonly warning: ClientNewPage['warning']
}

export function newClientPages(context: ClientPageContext): readonly PageRoute[] {
  const { path, show, administration, formActor, redirectToClient, clientPath } = context
  const { newSecrets, clientLogos, messagesFor } = context
  const newClientPath = `${path}/new` as const

  /** A protected site is no product, so its name is translated. */
  const nameOf = (template: ClientTemplate | null, ctx: Context, user: User) =>
    template === protectedSite ? messagesFor(ctx.req, user).text('client.sections.site.title') : (template?.name ?? '')

  const showNew = async (ctx: Context, user: User) => {
    const viewer = viewerOf(user)
    if (ctx.query.template === undefined) {
      const search = typeof ctx.query.search === 'string' ? ctx.query.search.trim().slice(0, 100) : ''
      const matches = new Set(search === '' ? templates : templatesMatching(search))
      const listed = templates.map((template) => ({
        id: template.id,
        name: nameOf(template, ctx, user),
        isListed: matches.has(template),
        logo: templateLogos.get(template.id) ?? null,
      }))
      await show(ctx, { view: 'client-choose', viewer, search, templates: listed })
      return
    }
    const template = templateOf(String(ctx.query.template))
    const values = {
      ...{ name: nameOf(template, ctx, user), address: '', redirectUris: [], operator: '' },
      ...{ id: '', isPublic: template?.settings?.isPublic ?? false },
    }
    await show(ctx, { ...page(template, values.name), viewer, values, isGroupRestricted: true })
  }

  const create = async (ctx: Context, user: User) => {
    const template = templateOf(formText(ctx, 'template'))
    const { values, isGroupRestricted } = formValues(ctx, template)
    const model = { ...page(template, nameOf(template, ctx, user)), viewer: viewerOf(user), values, isGroupRestricted }
    let draft: ClientDraft | undefined
    const refusal = await runFormAction(async () => {
      draft = createDraft(template, values)
      if (draft.warning && draft.warning.address !== formText(ctx, 'sure', 2000)) return
      const { id, isPublic } = values
      const input = { ...draft.input, isPublic, isGroupRestricted, ...(id !== '' && { id }) }
      const client = await administration.create(formActor(ctx, user), input)
      const minted =
        client.isPublic || template === protectedSite
          ? null
          : await administration.addSecret(formActor(ctx, user), client.id, {})
      if (minted) await newSecrets.keep(ctx, clientPath(client.id), { id: minted.stored.id, value: minted.plain })
      const logo = templateLogos.get(template?.id ?? '')
      if (logo !== undefined)
        await clientLogos.upload(formActor(ctx, user), client.id, 'light', Buffer.from(svgOf(logo)))
      redirectToClient(ctx, client.id, {
        corrections: draft.corrections,
        notice: 'created',
      })
    })
    if (ctx.status === 303) return
    const warning = draft?.warning ?? null
    const isIdTaken = refusal?.problem === 'client_id_already_exists'
    const problems = isIdTaken ? [idTaken] : (refusal?.problems ?? []).map(addressProblem)
    await show(ctx, { ...model, warning: refusal ? null : warning, problems })
    ctx.status = refusal?.status ?? 400
  }

  return [route.get(newClientPath, showNew), route.post(newClientPath, create)]
}

/** The logo on a white tile, so that it is visible in both themes. */
function svgOf({ color, path }: { readonly color: string; readonly path: string }): string {
  const mark = `<path fill="${color}" transform="translate(4 4) scale(.66667)" d="${path}"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#fff"/>${mark}</svg>`
}

function page(template: ClientTemplate | null, name: string) {
  return {
    view: 'client-new',
    template: template && { id: template.id, name, example: template.example },
    problems: [],
    warning: null,
    port: template?.port ?? null,
  } as const
}

function formValues(ctx: Context, template: ClientTemplate | null) {
  const lines = formText(ctx, 'redirectUris').split(/\s+/)
  const type = formText(ctx, 'isPublic', 5)
  const values: ClientNewValues = {
    name: formText(ctx, 'name').trim(),
    address: formText(ctx, 'address', 2000).trim(),
    redirectUris: lines.filter((line) => line !== ''),
    operator: formText(ctx, 'operator', 100).trim(),
    id: formText(ctx, 'id', 200).trim(),
    isPublic: type === '' ? (template?.settings?.isPublic ?? false) : type === 'true',
  }
  const { isGroupRestricted } = accessChoice(ctx)
  return { values, isGroupRestricted }
}

/** @throws {InvalidInputError} `validation_failed` if a URL is missing or invalid */
function createDraft(
  template: ClientTemplate | null,
  { name, address, redirectUris, operator }: ClientNewValues,
): ClientDraft {
  const unchanged = { corrections: [], warning: null }
  if (template === null || template === synologyDsm) {
    // Without a redirect URI no user could sign in, so the form requires one; the API does not.
    if (redirectUris.length === 0)
      throw invalidClient({ field: 'redirectUris', code: 'required', message: 'is required' })
    if (template === null)
      return { ...unchanged, input: { name, redirectUris, template: null, protocol: { operator: operator || null } } }
    const { corrections, redirectUris: origins } = correctDsmRedirectUris(redirectUris)
    const launchUrl = launchUrlOf(origins[0] ?? '')
    return { ...unchanged, corrections, input: { name, launchUrl, redirectUris: origins, template: template.id } }
  }
  if (template.example === null) return { ...unchanged, input: { ...templateInput(template, ''), name } }
  if (address === '') throw invalidClient({ field: 'address', code: 'required', message: 'is required' })
  const parsedUrl = parsePastedUrl(template, address)
  if (parsedUrl.warning === 'invalid')
    throw invalidClient({ field: 'address', code: 'invalid_format', message: 'must be a URL' })
  const input = { ...templateInput(template, parsedUrl.address), name }
  return {
    input: template === protectedSite ? { ...input, protocol: protectedHostSettings(parsedUrl.address) } : input,
    corrections: correctionsOf(address, parsedUrl),
    warning: parsedUrl.warning && { code: parsedUrl.warning, address: parsedUrl.address },
  }
}

/** Names a problem of the protected host after the field that it comes from. */
function addressProblem(problem: FieldError): FieldError {
  return problem.field.startsWith('protocol.protectedHosts') ? { ...problem, field: 'address' } : problem
}

/** Protocol settings that require a sign-in for everything at the host of this URL. */
function protectedHostSettings(url: string) {
  const { protocol, host } = new URL(url)
  const rule = { path: '/*', allow: 'users', methods: [], groups: [], maxPasskeyAgeMinutes: null, host: null } as const
  // Core rejects `http:` with an explanation.
  return { protectedHosts: [protocol === 'https:' ? host : `${protocol}//${host}`], accessRules: [rule] }
}

function correctionsOf(pasted: string, { address, isCorrected }: PastedUrl) {
  return isCorrected ? [{ given: pasted, corrected: address }] : []
}

function invalidClient(field: FieldError): InvalidInputError {
  return new InvalidInputError('validation_failed', 'The client is not valid.', { fields: [field] })
}
