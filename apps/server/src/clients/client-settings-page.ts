import type { Client } from '@pocket/core'
import { PocketError } from '@pocket/core/errors'
import { wildcardScope } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { assertCanChangeRedirectUris } from '../access/access-checks.ts'
import { pageActor } from '../access/actor.ts'
import { formText, formTexts } from '../http/form.ts'
import { differences, runFormAction } from '../http/form-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { maxLogoBytes } from '../images/client-logos.ts'
import type { LogoTheme } from '../images/image.ts'
import { readUpload } from '../images/upload.ts'
import { clientTab } from './client-head.ts'
import type { ClientPageContext } from './client-page-context.ts'
import { keptFeatureOf } from './compatibility.ts'
import { correctDsmRedirectUris } from './dsm.ts'
import { listApisOfClient } from './list-apis-of-client.ts'
import type { ClientSettingsPage } from './page-model.ts'
import { isLocked, type SubmittedSettings, sectionViews } from './section-views.ts'
import {
  changeOf,
  displayTexts,
  type FormValues,
  fieldsOf,
  problemsOf,
  storedValues,
  submittedValues,
} from './settings/section-form.ts'
import { withUserIds, withUserNames } from './user-names.ts'

interface RejectedSettings extends SubmittedSettings {
  readonly conflict: ClientSettingsPage['conflict']
}

export function clientSettingsPages(context: ClientPageContext): readonly PageRoute[] {
  const { pocket, directory, clientLogos, scimState, path, show, administration } = context
  const { formActor, getClient, redirectToClient, form } = context

  const showSettings = async (ctx: Context, user: User, client: Client, rejected: RejectedSettings | null) => {
    const { shared, corrections } = await clientTab(context, ctx, user, client, '/settings')
    const [{ hasLogo, hasDarkLogo } = { hasLogo: false, hasDarkLogo: false }] = await clientLogos.withLogoFlags([
      { id: client.id, hasLogo: false, hasDarkLogo: false },
    ])
    await show(ctx, {
      view: 'client-settings',
      ...shared,
      sections: sectionViews(await withUserNames(directory, client), rejected),
      logos: { light: hasLogo, dark: hasDarkLogo },
      apis: await listApisOfClient(pocket.apis, client.id),
      openings: openingsOf(client),
      scim: await scimState(client.id),
      problems: rejected?.problems ?? [],
      corrections,
      conflict: rejected?.conflict ?? null,
      isDsm: client.template === 'synology-dsm',
      isRejected: rejected !== null,
    })
  }

  const saveSettings = async (ctx: Context, user: User) => {
    const client = await getClient(ctx)
    const fields = fieldsOf(formTexts(ctx, 'section'))
    const stored = storedValues(fields, await withUserNames(directory, client))
    const lockedFields = new Set(fields.filter((field) => isLocked(client, field)).map(({ name }) => name))
    const values: FormValues = new Map([
      ...submittedValues(fields, ctx),
      ...[...stored].filter(([name]) => lockedFields.has(name)),
    ])
    const corrections: ClientSettingsPage['corrections'][number][] = []
    const refusal = await runFormAction(async () => {
      const change = await withUserIds(directory, changeOf(fields, values))
      const dsmRedirectUris =
        client.template === 'synology-dsm' && change.redirectUris
          ? correctDsmRedirectUris(change.redirectUris, client.redirectUris)
          : null
      corrections.push(...(dsmRedirectUris?.corrections ?? []))
      const redirectUris = dsmRedirectUris?.redirectUris ?? change.redirectUris
      await assertCanChangeRedirectUris(ctx, client, { ...change, redirectUris })
      await administration.update(formActor(ctx, user), client.id, {
        ...client,
        ...change,
        ...(redirectUris && { redirectUris }),
      })
    })
    if (!refusal) return redirectToClient(ctx, client.id, { corrections, notice: 'saved' }, '/settings')
    const current = refusal.isConflict ? await getClient(ctx) : client
    const currentValues = storedValues(fields, await withUserNames(directory, current))
    const conflict = refusal.isConflict
      ? differences(displayTexts(fields, currentValues), displayTexts(fields, values))
      : null
    await showSettings(ctx, user, current, { values, problems: problemsOf(fields, values, refusal.problems), conflict })
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
    route.get(`${path}/:id/settings`, async (ctx, user) => {
      await showSettings(ctx, user, await getClient(ctx), null)
    }),
    route.post(`${path}/:id/settings`, saveSettings),

    // After re-authentication, the file has to be chosen again.
    route.get(`${path}/:id/logo`, async (ctx) =>
      seeOther(ctx, `${path}/${encodeURIComponent(String(ctx.params.id))}/settings#logos`),
    ),
    form(
      'logo',
      (ctx, { id }, user) =>
        withLogo(async () => {
          await clientLogos.upload(pageActor(user, ctx), id, submittedTheme(ctx), await readUpload(ctx, maxLogoBytes))
        }),
      '/settings',
    ),
    form(
      'logo/address',
      (ctx, { id }, user) =>
        withLogo(async () => {
          const url = formText(ctx, 'logoUrl', 2000).trim()
          await clientLogos.store(pageActor(user, ctx), id, await clientLogos.download({ [submittedTheme(ctx)]: url }))
        }),
      '/settings',
    ),
    form(
      'logo/remove',
      async (ctx, { id }, user) => {
        await clientLogos.remove(pageActor(user, ctx), id, submittedTheme(ctx))
        return { notice: 'logo_removed' }
      },
      '/settings',
    ),

    /** Marks the loaded version of a dynamically registered client as known, and stores the logo from its metadata. */
    form('known', async (ctx, client, user) => {
      const isKnown = formText(ctx, 'isKnown') === 'true'
      const logo = isKnown ? await clientLogos.downloadForRegistration(client) : null
      await administration.update(formActor(ctx, user), client.id, { ...client, protocol: { isKnown } })
      if (logo) await clientLogos.store(pageActor(user, ctx), client.id, logo.logos)
      return { notice: isKnown ? 'known' : 'unknown', logoProblem: logo?.problem ?? null }
    }),

    /** Turns off the behavior kept for an application that was migrated from Pocket ID. */
    form('compatibility', async (ctx, client, user) => {
      const feature = keptFeatureOf(formText(ctx, 'feature', 50))
      await administration.update(formActor(ctx, user), client.id, { ...client, protocol: { [feature]: false } })
      return { notice: 'kept_off' }
    }),

    /** Fetches the client ID metadata document again. */
    form(
      'document',
      async (ctx, { id }) => {
        await pocket.refreshMetadataDocument(id, ctx.req)
        return { notice: 'document_read' }
      },
      '/settings',
    ),
  ]
}

/** The redirect URIs that match more than one URI. */
function openingsOf({ redirectUris, postLogoutRedirectUris }: Client): ClientSettingsPage['openings'] {
  return [...new Set([...redirectUris, ...postLogoutRedirectUris])].flatMap((uri) => {
    const opening = wildcardScope(uri)
    return opening ? [{ uri, opening }] : []
  })
}
