import type { AccountStore, Client, Pocket } from '@pocket/core'
import { NotFoundError, PocketError } from '@pocket/core/errors'
import { wildcardScope } from '@pocket/core/internal'
import type { Groups, User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { offeredGroups } from '../http/choices.ts'
import { formText } from '../http/form.ts'
import { differences, refusalOf } from '../http/form-page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { type ClientLogos, maxLogoBytes } from '../images/client-logos.ts'
import type { LogoTheme } from '../images/image.ts'
import { readUpload } from '../images/upload.ts'
import { accessChoice, submittedSecret } from './access-form.ts'
import { clientValidator } from './administration.ts'
import { apisOf } from './apis-of-client.ts'
import type { ClientPageContext } from './client-page-context.ts'
import { namedAttempts } from './connection-log.ts'
import { correctDsmRedirectUris } from './dsm.ts'
import { clientEndpoints } from './endpoints.ts'
import { takeClientFlash } from './flash.ts'
import type { ClientPage, ScimState } from './page-model.ts'
import { type PreviewFormPorts, previewFor } from './preview-form.ts'
import { secretItems, secretLifetime } from './secret-form.ts'
import { isLocked, type SubmittedSection, sectionViews } from './section-views.ts'
import {
  changeOf,
  displayTexts,
  findSection,
  problemsOf,
  type SectionValues,
  storedValues,
  submittedValues,
} from './settings/section-form.ts'
import { instructionsOf } from './templates/instructions.ts'
import { templateOf } from './templates/templates.ts'
import { type UserLookup, withUserIds, withUserNames } from './user-names.ts'

export interface ClientPagePorts {
  readonly pocket: Pocket
  readonly accounts: AccountStore
  readonly groups: Pick<Groups, 'first' | 'list'>
  readonly users: PreviewFormPorts['users'] & UserLookup
  readonly logos: ClientLogos
  readonly appName: () => Promise<string>
  readonly scimState: (clientId: string) => Promise<ScimState>
  readonly now: () => number
  readonly context: ClientPageContext
}

type Overrides = Partial<Pick<ClientPage, 'problems' | 'conflict' | 'access'>> & {
  readonly submitted?: SubmittedSection
}

/** `/settings/admin/oidc-clients/:id`: one client. */
export function oneClientPages(ports: ClientPagePorts): readonly PageRoute[] {
  const { pocket, accounts, groups, users, logos, appName, scimState, now, context } = ports
  const { path, clientPath, authentication, show, flashes, administration, formActor, getClient, redirectToClient } =
    context

  const showClient = async (ctx: Context, user: User, client: Client, { submitted, ...overrides }: Overrides = {}) => {
    const flash = takeClientFlash(flashes, ctx, clientPath(client.id))
    const template = templateOf(client.template)
    const [{ hasLogo, hasDarkLogo } = { hasLogo: false, hasDarkLogo: false }] = await logos.withLogoFlags([
      { id: client.id, hasLogo: false, hasDarkLogo: false },
    ])
    const parts = { pocket, appName: await appName(), client, secret: flash.newSecret?.value ?? null }
    const uses = await administration.secretUses(client.id)
    await show(ctx, {
      view: 'client',
      viewer: viewerOf(user),
      client: {
        id: client.id,
        name: client.name,
        redirectUris: client.redirectUris,
        template: client.template,
        isPublic: client.isPublic,
        isDescribed: client.type === 'cimd',
        isKnown: client.registration === null ? null : client.protocol.isKnown,
        accessTokenDurationMinutes: client.accessTokenDurationMinutes,
        createdAt: client.createdAt,
        secrets: secretItems(client.secrets, uses, now()),
      },
      instructions: template && template.entries.length > 0 ? instructionsOf(template, parts) : null,
      sections: sectionViews(await withUserNames(users, client), submitted ?? null),
      logos: { light: hasLogo, dark: hasDarkLogo },
      apis: await apisOf(pocket.apis, client.id),
      endpoints: clientEndpoints(pocket),
      attempts: await namedAttempts({ connectionLog: pocket.connectionLog, accounts }, client.id),
      openings: openingsOf(client),
      preview: await previewFor({ pocket, users }, client.id, ctx.query, user.userName),
      access: await accessOf(client),
      scim: await scimState(client.id),
      problems: [],
      version: clientValidator(client),
      conflict: null,
      ...flash,
      ...overrides,
    })
  }

  const accessOf = async ({ isGroupRestricted, allowedGroupIds }: Client): Promise<ClientPage['access']> => {
    const { items, total } = await offeredGroups(groups)
    const allowed = new Set(allowedGroupIds)
    const groupItems = items.map(({ id, friendlyName }) => ({ id, name: friendlyName, allowed: allowed.has(id) }))
    return { isGroupRestricted, allowed: allowed.size, groups: groupItems, more: total - items.length }
  }

  /** A form on the page; `work` resolves to the flash message. */
  const form = (
    subpath: string,
    action: (ctx: Context, client: Client, user: User) => Promise<Parameters<ClientPageContext['redirectToClient']>[2]>,
  ) => ({
    method: 'post' as const,
    path: `${path}/:id/${subpath}` as const,
    async handle(ctx: Context) {
      const user = await authentication.requireUser(ctx)
      const client = await getClient(ctx)
      redirectToClient(ctx, client.id, await action(ctx, client, user))
    },
  })

  const saveSection = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    const client = await getClient(ctx)
    const section = findSection(String(ctx.params.section))
    if (!section) throw new NotFoundError('not_found', 'There is no such section.')
    const stored = storedValues(section, await withUserNames(users, client))
    const submittedFields = submittedValues(section, ctx)
    const lockedFields = section.fields.filter((field) => isLocked(client, field)).map(({ name }) => name)
    const values: SectionValues = new Map([
      ...submittedFields,
      ...[...stored].filter(([name]) => lockedFields.includes(name)),
    ])
    const corrections: ClientPage['corrections'][number][] = []
    const refusal = await refusalOf(async () => {
      const change = await withUserIds(users, changeOf(section, values))
      const dsmRedirectUris =
        client.template === 'synology-dsm' && change.redirectUris ? correctDsmRedirectUris(change.redirectUris) : null
      corrections.push(...(dsmRedirectUris?.corrections ?? []))
      await administration.update(formActor(ctx, user), client.id, {
        ...client,
        ...change,
        ...(dsmRedirectUris && { redirectUris: dsmRedirectUris.redirectUris }),
      })
    })
    if (!refusal) return redirectToClient(ctx, client.id, { corrections, notice: 'saved' })
    const problems = problemsOf(section, values, refusal.problems)
    const current = refusal.isConflict ? await getClient(ctx) : client
    const currentValues = storedValues(section, await withUserNames(users, current))
    await showClient(ctx, user, current, {
      submitted: { name: section.name, values, problems },
      problems,
      conflict: refusal.isConflict
        ? differences(displayTexts(section, currentValues), displayTexts(section, values))
        : null,
    })
    ctx.status = refusal.status
  }

  /** Saves access: all users, or the members of groups. */
  const saveAccess = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    const client = await getClient(ctx)
    const { isGroupRestricted, groupIds: submittedIds } = accessChoice(ctx)
    const shownIds = new Set((await accessOf(client)).groups.map(({ id }) => id))
    // Groups that the page does not show keep their access.
    const hiddenIds = client.allowedGroupIds.filter((id) => !shownIds.has(id))
    const selectedIds = (await groups.list(submittedIds)).map(({ id }) => id)
    const allowedGroupIds = [...hiddenIds, ...selectedIds]
    const groupIds = isGroupRestricted ? allowedGroupIds : undefined
    const refusal = await refusalOf(async () => {
      if (client.isGroupRestricted !== isGroupRestricted)
        await administration.update(formActor(ctx, user), client.id, { ...client, isGroupRestricted }, groupIds)
      else if (groupIds) await administration.setAllowedGroups(formActor(ctx, user), client.id, groupIds)
    })
    if (!refusal?.isConflict) {
      if (refusal) ctx.throw(refusal.status)
      return redirectToClient(ctx, client.id, { notice: 'saved', newSecret: submittedSecret(ctx, client) })
    }
    const current = await getClient(ctx)
    const requested = { ...current, isGroupRestricted, allowedGroupIds }
    await showClient(ctx, user, current, {
      access: await accessOf(requested),
      conflict: differences({ access: await accessText(current) }, { access: await accessText(requested) }),
    })
    ctx.status = refusal.status
  }

  /** The access as text for comparison and display: `everybody`, or the names of the groups. */
  const accessText = async ({ isGroupRestricted, allowedGroupIds }: Client): Promise<string> => {
    if (!isGroupRestricted) return 'everybody'
    const names = (await groups.list(allowedGroupIds)).map(({ friendlyName }) => friendlyName)
    return names.sort().join(', ')
  }

  const submittedTheme = (ctx: Context): LogoTheme => (ctx.query.theme === 'dark' ? 'dark' : 'light')
  /** Reports on the page why an image could not be used. */
  const withLogo = async (save: () => Promise<void>) => {
    try {
      await save()
      return { notice: 'logo_saved' } as const
    } catch (error) {
      if (!(error instanceof PocketError) || error.status >= 500) throw error
      return { logoProblem: error.code }
    }
  }

  return [
    {
      method: 'get',
      path: `${path}/:id`,
      async handle(ctx) {
        const user = await authentication.requireUser(ctx)
        await showClient(ctx, user, await getClient(ctx))
      },
    },
    { method: 'post', path: `${path}/:id/settings/:section`, handle: saveSection },

    { method: 'post', path: `${path}/:id/access`, handle: saveAccess },

    /** Registers a redirect URI that was rejected in an authorization request. */
    form('redirect-uris', async (ctx, { id }, user) => {
      await administration.addRedirectUri(formActor(ctx, user), id, formText(ctx, 'redirectUri'))
      return { notice: 'saved' }
    }),

    form('secrets', async (ctx, { id }, user) => {
      const { plain, stored } = await administration.addSecret(formActor(ctx, user), id, secretLifetime(ctx, now()))
      return { newSecret: { id: stored.id, value: plain }, notice: 'secret_added' }
    }),

    form('secrets/:secretId/remove', async (ctx, { id }, user) => {
      await administration.removeSecret(formActor(ctx, user), id, String(ctx.params.secretId))
      return { notice: 'secret_removed' }
    }),

    form('logo', (ctx, { id }, user) =>
      withLogo(async () =>
        logos.upload(pageActor(user, ctx), id, submittedTheme(ctx), await readUpload(ctx, maxLogoBytes)),
      ),
    ),
    form('logo/address', (ctx, { id }, user) =>
      withLogo(async () => {
        const downloadedLogos = await logos.download({ [submittedTheme(ctx)]: formText(ctx, 'logoUrl', 2000).trim() })
        await logos.store(pageActor(user, ctx), id, downloadedLogos)
      }),
    ),
    form('logo/remove', async (ctx, { id }, user) => {
      await logos.remove(pageActor(user, ctx), id, submittedTheme(ctx))
      return { notice: 'logo_removed' }
    }),

    /** Marks the loaded version of a dynamically registered client as known, and stores the logo from its metadata. */
    form('known', async (ctx, client, user) => {
      const isKnown = formText(ctx, 'isKnown') === 'true'
      const logo = isKnown ? await logos.downloadForRegistration(client) : null
      await administration.update(formActor(ctx, user), client.id, { ...client, protocol: { isKnown } })
      if (logo) await logos.store(pageActor(user, ctx), client.id, logo.logos)
      return { notice: isKnown ? 'known' : 'unknown', logoProblem: logo?.problem ?? null }
    }),

    /** Fetches the client ID metadata document again. */
    form('document', async (ctx, { id }) => {
      await pocket.refreshMetadataDocument(id, ctx.req)
      return { notice: 'document_read' }
    }),

    /** Tests the client as the administrator. POST, because it is logged and issues tokens, which are revoked at once. */
    {
      method: 'post',
      path: `${path}/:id/test`,
      async handle(ctx) {
        const user = await authentication.requireUser(ctx)
        const { id, name } = await getClient(ctx)
        const steps = await pocket.testClient(id, user.id)
        await administration.recordTest(
          formActor(ctx, user),
          id,
          steps.every(({ outcome }) => outcome === 'passed'),
        )
        await show(ctx, { view: 'client-test', viewer: viewerOf(user), client: { id, name }, steps })
      },
    },
    // Reloading the result page must not run the test again.
    {
      method: 'get',
      path: `${path}/:id/test`,
      async handle(ctx) {
        seeOther(ctx, clientPath((await getClient(ctx)).id))
      },
    },

    {
      method: 'post',
      path: `${path}/:id/remove`,
      async handle(ctx) {
        const user = await authentication.requireUser(ctx)
        const { id, name } = await getClient(ctx)
        await administration.remove(formActor(ctx, user), id)
        flashes.set(ctx, path, { removed: name })
        seeOther(ctx, path)
      },
    },
  ]
}

/** The redirect URIs that match more than one URI. */
function openingsOf({ redirectUris, postLogoutRedirectUris }: Client): ClientPage['openings'] {
  return [...new Set([...redirectUris, ...postLogoutRedirectUris])].flatMap((uri) => {
    const opening = wildcardScope(uri)
    return opening ? [{ uri, opening }] : []
  })
}
