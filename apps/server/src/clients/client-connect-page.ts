import type { Client, ClientTestStep } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { allChanged } from '../http/bulk.ts'
import { formText } from '../http/form.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { clientTab } from './client-head.ts'
import type { ClientPageContext } from './client-page-context.ts'
import { compatibilityOf } from './compatibility.ts'
import { clientEndpoints } from './endpoints.ts'
import { secretItems, secretLifetime } from './secret-form.ts'
import { siteView } from './site-view.ts'
import { instructionsOf } from './templates/instructions.ts'
import { templateOf } from './templates/templates.ts'

export function clientConnectPages(context: ClientPageContext): readonly PageRoute[] {
  const { pocket, clock, path, clientPath, show, administration, formActor, getClient, form } = context
  const { newSecrets, settings } = context

  const showConnect = async (ctx: Context, user: User, client: Client, steps: readonly ClientTestStep[] | null) => {
    const { shared, corrections } = await clientTab(context, ctx, user, client, '')
    const template = templateOf(client.template)
    const { appName } = await settings.lastKnown()
    const keptSecrets = await newSecrets.list(ctx, client)
    const parts = { pocket, appName, client, secret: keptSecrets.at(-1)?.value ?? null }
    await show(ctx, {
      view: 'client',
      ...shared,
      connection: {
        redirectUris: client.redirectUris,
        template: client.template,
        isPublic: client.isPublic,
        isKnown: client.registration === null ? null : client.protocol.isKnown,
        secrets: secretItems(client.secrets, await administration.secretUses(client.id), clock.now()),
      },
      instructions: template && template.entries.length > 0 ? instructionsOf(template, parts) : null,
      endpoints: clientEndpoints(pocket),
      newSecrets: keptSecrets,
      corrections,
      compatibility: compatibilityOf(client),
      site: await siteView(context, ctx, client),
      steps,
    })
  }

  return [
    route.get(`${path}/:id`, async (ctx, user) => {
      await showConnect(ctx, user, await getClient(ctx), null)
    }),

    /** Registers a redirect URI that was rejected in an authorization request. */
    form('redirect-uris', async (ctx, { id }, user) => {
      await administration.addRedirectUri(formActor(ctx, user), id, formText(ctx, 'redirectUri'))
      return { notice: 'redirect_uri_added' }
    }),

    form('secrets', async (ctx, client, user) => {
      const lifetime = secretLifetime(ctx, clock.now())
      const { plain, stored } = await administration.addSecret(formActor(ctx, user), client.id, lifetime)
      await newSecrets.keep(ctx, clientPath(client.id), { id: stored.id, value: plain })
      return { notice: 'secret_added' }
    }),

    form('service-tokens', async (ctx, client, user) => {
      const words = (name: string) =>
        formText(ctx, name)
          .split(/[\s,]+/)
          .filter(Boolean)
      const serviceToken = {
        name: formText(ctx, 'name').trim(),
        paths: words('paths'),
        methods: words('methods').map((method) => method.toUpperCase()),
      }
      const input = { ...secretLifetime(ctx, clock.now()), serviceToken }
      const { plain, stored } = await administration.addSecret(formActor(ctx, user), client.id, input)
      await newSecrets.keep(ctx, clientPath(client.id), { id: stored.id, value: plain })
      return { notice: 'secret_added' }
    }),

    form('secrets/:secretId/stored', async (ctx, { id }) => {
      newSecrets.forget(ctx, clientPath(id), String(ctx.params.secretId))
      return { notice: 'secret_stored' }
    }),

    form('secrets/:secretId/remove', async (ctx, { id }, user) => {
      await administration.removeSecret(formActor(ctx, user), id, String(ctx.params.secretId))
      newSecrets.forget(ctx, clientPath(id), String(ctx.params.secretId))
      return { notice: 'secret_removed' }
    }),

    /** Tests the client as the administrator. POST, because it is logged and issues tokens, which are revoked immediately. */
    route.post(`${path}/:id/test`, async (ctx, user) => {
      const client = await getClient(ctx)
      const steps = await pocket.testClient(client.id, user.id)
      const hasPassed = steps.every(({ outcome }) => outcome === 'passed')
      await administration.recordTest(formActor(ctx, user), client.id, hasPassed)
      await showConnect(ctx, user, client, steps)
    }),
    // Reloading the result page must not run the test again.
    route.get(`${path}/:id/test`, async (ctx) => {
      seeOther(ctx, clientPath((await getClient(ctx)).id))
    }),

    route.post(`${path}/:id/remove`, async (ctx, user) => {
      const { id, name } = await getClient(ctx)
      await administration.remove(formActor(ctx, user), id)
      context.flashes.set(ctx, path, allChanged('delete', [name]))
      seeOther(ctx, path)
    }),
  ]
}
