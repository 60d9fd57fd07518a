import type { Context } from 'koa'
import { pageActor } from '../../access/actor.ts'
import { formText } from '../../http/form.ts'
import { runFormAction } from '../../http/form-page.ts'
import { type PageRoute, route } from '../../http/page-routes.ts'
import { seeOther } from '../../http/show-page.ts'
import type { SettingPageDeps } from './deps.ts'
import type { TokenFormValues } from './page-model.ts'
import { pathOf, type SectionPage } from './section-page.ts'

const hour = 60 * 60_000
/** The lifetimes of a token by form value, in milliseconds. */
const lifetimes: Readonly<Record<TokenFormValues['lifetime'], number>> = {
  hour,
  day: 24 * hour,
  week: 7 * 24 * hour,
  month: 31 * 24 * hour,
}
const pagePath = '/settings/admin/application-configuration/oidc/initial-access-tokens'

export function registrationTokenPages(deps: SettingPageDeps, page: SectionPage): readonly PageRoute[] {
  const { initialAccessTokens: tokens, flashes } = deps
  return [
    // A token grants access to programs, so creating one requires recent re-authentication.
    route.post(pagePath, async (ctx, user) => {
      const token = formValues(ctx)
      const wanted = {
        description: token.description,
        usageLimit: /^\d{1,7}$/.test(token.uses) ? Number(token.uses) : 0,
        lifetime: lifetimes[token.lifetime],
      }
      let created = { id: '', token: '' }
      const refusal = await runFormAction(async () => {
        const issued = await tokens.create(pageActor(user, ctx), wanted)
        created = { id: issued.stored.id, token: issued.token }
      })
      if (refusal) {
        const problems = refusal.problems.map((problem) => ({ ...problem, field: `token-${problem.field}` }))
        return page.show(ctx, user, 'oidc', { status: refusal.status, problems, token })
      }
      flashes.set(ctx, pathOf('oidc'), { newToken: created })
      seeOther(ctx, pathOf('oidc'))
    }),
    route.post(`${pagePath}/:id/remove`, async (ctx, user) => {
      const tokenId = String(ctx.params.id)
      const token = (await tokens.list()).find(({ id }) => id === tokenId)
      await tokens.remove(pageActor(user, ctx), tokenId)
      if (token) flashes.set(ctx, pathOf('oidc'), { done: 'token_removed', name: token.description })
      seeOther(ctx, pathOf('oidc'))
    }),
  ]
}

function formValues(ctx: Context): TokenFormValues {
  const lifetime = formText(ctx, 'lifetime', 100)
  return {
    description: formText(ctx, 'description', 1000).trim(),
    uses: formText(ctx, 'uses', 100).trim(),
    lifetime: Object.hasOwn(lifetimes, lifetime) ? (lifetime as TokenFormValues['lifetime']) : 'hour',
  }
}
