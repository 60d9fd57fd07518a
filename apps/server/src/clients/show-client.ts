import type { Client } from '@pocket/core'
import { accessTokenMinutes, wildcardScope } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { viewerOf } from '../http/viewer.ts'
import { groupAccessOf } from './access-form.ts'
import { clientValidator } from './administration.ts'
import { apisOf } from './apis-of-client.ts'
import type { ClientPageContext } from './client-page-context.ts'
import { compatibilityOf } from './compatibility.ts'
import { namedAttempts } from './connection-log.ts'
import { clientEndpoints } from './endpoints.ts'
import { takeClientFlash } from './flash.ts'
import type { ClientPage } from './page-model.ts'
import { previewFor } from './preview-form.ts'
import { secretItems } from './secret-form.ts'
import { type SubmittedSection, sectionViews } from './section-views.ts'
import { instructionsOf } from './templates/instructions.ts'
import { templateOf } from './templates/templates.ts'
import { withUserNames } from './user-names.ts'

type Overrides = Partial<Pick<ClientPage, 'problems' | 'conflict' | 'access'>> & {
  readonly submitted?: SubmittedSection
}

/** Shows the page of a client; `overrides` are what a rejected form submitted, and why it was rejected. */
export type ShowClient = (ctx: Context, user: User, client: Client, overrides?: Overrides) => Promise<void>

export function createShowClient(context: ClientPageContext): ShowClient {
  const { pocket, directory, clientLogos, settings, scimState, clock, show, flashes, administration, clientPath } =
    context
  return async (ctx, user, client, { submitted, ...overrides } = {}) => {
    const flash = takeClientFlash(flashes, ctx, clientPath(client.id))
    const template = templateOf(client.template)
    const { appName } = await settings.lastKnown()
    const [{ hasLogo, hasDarkLogo } = { hasLogo: false, hasDarkLogo: false }] = await clientLogos.withLogoFlags([
      { id: client.id, hasLogo: false, hasDarkLogo: false },
    ])
    const parts = { pocket, appName, client, secret: flash.newSecret?.value ?? null }
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
        accessTokenDurationMinutes: accessTokenMinutes(client),
        createdAt: client.createdAt,
        secrets: secretItems(client.secrets, uses, clock.now()),
      },
      instructions: template && template.entries.length > 0 ? instructionsOf(template, parts) : null,
      sections: sectionViews(await withUserNames(directory, client), submitted ?? null),
      logos: { light: hasLogo, dark: hasDarkLogo },
      apis: await apisOf(pocket.apis, client.id),
      endpoints: clientEndpoints(pocket),
      attempts: await namedAttempts(context, client.id),
      openings: openingsOf(client),
      compatibility: compatibilityOf(client),
      preview: await previewFor(context, client.id, ctx.query, user.userName),
      access: await groupAccessOf(directory.groups, client),
      scim: await scimState(client.id),
      problems: [],
      version: clientValidator(client),
      conflict: null,
      ...flash,
      ...overrides,
    })
  }
}

/** The redirect URIs that match more than one URI. */
function openingsOf({ redirectUris, postLogoutRedirectUris }: Client): ClientPage['openings'] {
  return [...new Set([...redirectUris, ...postLogoutRedirectUris])].flatMap((uri) => {
    const opening = wildcardScope(uri)
    return opening ? [{ uri, opening }] : []
  })
}
