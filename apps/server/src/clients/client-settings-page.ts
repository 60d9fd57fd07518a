import { NotFoundError, PocketError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { formText } from '../http/form.ts'
import { differences, refusalOf } from '../http/form-page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { maxLogoBytes } from '../images/client-logos.ts'
import type { LogoTheme } from '../images/image.ts'
import { readUpload } from '../images/upload.ts'
import type { ClientPageContext } from './client-page-context.ts'
import { keptFeatureOf } from './compatibility.ts'
import { correctDsmRedirectUris } from './dsm.ts'
import type { ClientPage } from './page-model.ts'
import { isLocked } from './section-views.ts'
import {
  changeOf,
  displayTexts,
  findSection,
  problemsOf,
  type SectionValues,
  storedValues,
  submittedValues,
} from './settings/section-form.ts'
import type { ShowClient } from './show-client.ts'
import { withUserIds, withUserNames } from './user-names.ts'

/** The settings of a client: its sections, logos, and registration. */
export function clientSettingsPages(context: ClientPageContext, showClient: ShowClient): readonly PageRoute[] {
  const { pocket, directory, clientLogos, path, authentication, administration } = context
  const { formActor, getClient, redirectToClient, form } = context

  const saveSection = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    const client = await getClient(ctx)
    const section = findSection(String(ctx.params.section))
    if (!section) throw new NotFoundError('not_found', 'There is no such section.')
    const stored = storedValues(section, await withUserNames(directory, client))
    const submittedFields = submittedValues(section, ctx)
    const lockedFields = section.fields.filter((field) => isLocked(client, field)).map(({ name }) => name)
    const values: SectionValues = new Map([
      ...submittedFields,
      ...[...stored].filter(([name]) => lockedFields.includes(name)),
    ])
    const corrections: ClientPage['corrections'][number][] = []
    const refusal = await refusalOf(async () => {
      const change = await withUserIds(directory, changeOf(section, values))
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
    const currentValues = storedValues(section, await withUserNames(directory, current))
    await showClient(ctx, user, current, {
      submitted: { name: section.name, values, problems },
      problems,
      conflict: refusal.isConflict
        ? differences(displayTexts(section, currentValues), displayTexts(section, values))
        : null,
    })
    ctx.status = refusal.status
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
    { method: 'post', path: `${path}/:id/settings/:section`, handle: saveSection },

    form('logo', (ctx, { id }, user) =>
      withLogo(async () => {
        await clientLogos.upload(pageActor(user, ctx), id, submittedTheme(ctx), await readUpload(ctx, maxLogoBytes))
      }),
    ),
    form('logo/address', (ctx, { id }, user) =>
      withLogo(async () => {
        const url = formText(ctx, 'logoUrl', 2000).trim()
        await clientLogos.store(pageActor(user, ctx), id, await clientLogos.download({ [submittedTheme(ctx)]: url }))
      }),
    ),
    form('logo/remove', async (ctx, { id }, user) => {
      await clientLogos.remove(pageActor(user, ctx), id, submittedTheme(ctx))
      return { notice: 'logo_removed' }
    }),

    /** Marks the loaded version of a dynamically registered client as known, and stores the logo from its metadata. */
    form('known', async (ctx, client, user) => {
      const isKnown = formText(ctx, 'isKnown') === 'true'
      const logo = isKnown ? await clientLogos.downloadForRegistration(client) : null
      await administration.update(formActor(ctx, user), client.id, { ...client, protocol: { isKnown } })
      if (logo) await clientLogos.store(pageActor(user, ctx), client.id, logo.logos)
      return { notice: isKnown ? 'known' : 'unknown', logoProblem: logo?.problem ?? null }
    }),

    /** Turns off what was kept for an application that moved from Pocket ID. */
    form('compatibility', async (ctx, client, user) => {
      const feature = keptFeatureOf(formText(ctx, 'feature', 50))
      await administration.update(formActor(ctx, user), client.id, { ...client, protocol: { [feature]: false } })
      return { notice: 'kept_off' }
    }),

    /** Fetches the client ID metadata document again. */
    form('document', async (ctx, { id }) => {
      await pocket.refreshMetadataDocument(id, ctx.req)
      return { notice: 'document_read' }
    }),
  ]
}
