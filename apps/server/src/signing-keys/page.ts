import { pageActor } from '../access/actor.ts'
import type { PageDeps } from '../http/deps.ts'
import { formText, formTexts } from '../http/form.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { pathOf } from '../settings/pages/section-page.ts'

/** The form that rotates signing keys, on the OpenID Connect page. */
export function signingKeyPages({ pocket, flashes }: PageDeps): readonly PageRoute[] {
  return [
    route.post('/settings/admin/application-configuration/oidc/signing-keys', async (ctx, user) => {
      const { id: actorId, origin } = pageActor(user, ctx)
      // The displayed keys, so that a form that is submitted twice rotates them once.
      const kids = formTexts(ctx, 'kid', 100)
      const immediately = formText(ctx, 'immediately', 10) === 'true'
      const replaced = await pocket.replaceKeys(kids, { immediately, by: actorId, origin })
      const isPending = replaced.some(({ signsFrom }) => signsFrom > Date.now())
      const notice = replaced.length === 0 ? 'keys_unchanged' : isPending ? 'keys_pending' : 'keys_rotated'
      flashes.set(ctx, pathOf('oidc'), { done: notice })
      seeOther(ctx, pathOf('oidc'))
    }),
  ]
}
