import { formText } from '../http/form.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { ClientPageContext } from './client-page-context.ts'
import { secretLifetime } from './secret-form.ts'

/** Connecting the application: redirect URIs, secrets, and the test. */
export function clientConnectPages(context: ClientPageContext): readonly PageRoute[] {
  const { pocket, clock, path, clientPath, authentication, show, administration, formActor, getClient, form } = context
  return [
    /** Registers a redirect URI that was rejected in an authorization request. */
    form('redirect-uris', async (ctx, { id }, user) => {
      await administration.addRedirectUri(formActor(ctx, user), id, formText(ctx, 'redirectUri'))
      return { notice: 'saved' }
    }),

    form('secrets', async (ctx, { id }, user) => {
      const lifetime = secretLifetime(ctx, clock.now())
      const { plain, stored } = await administration.addSecret(formActor(ctx, user), id, lifetime)
      return { newSecret: { id: stored.id, value: plain }, notice: 'secret_added' }
    }),

    form('secrets/:secretId/remove', async (ctx, { id }, user) => {
      await administration.removeSecret(formActor(ctx, user), id, String(ctx.params.secretId))
      return { notice: 'secret_removed' }
    }),

    /** Tests the client as the administrator. POST, because it is logged and issues tokens, which are revoked at once. */
    {
      method: 'post',
      path: `${path}/:id/test`,
      async handle(ctx) {
        const user = await authentication.requireUser(ctx)
        const { id, name } = await getClient(ctx)
        const steps = await pocket.testClient(id, user.id)
        const hasPassed = steps.every(({ outcome }) => outcome === 'passed')
        await administration.recordTest(formActor(ctx, user), id, hasPassed)
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
  ]
}
