import type { Context } from 'koa'
import type { PageDeps } from '../http/deps.ts'
import { formText } from '../http/form.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { cookieNames, themeOf } from '../http/preferences.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import { savePreference } from './save-preference.ts'

/** `/preferences`: stores the language or theme in this browser; every page has the form. */
export function preferencePages({ catalogs, secure }: PageDeps): readonly PageRoute[] {
  const setPreference = (ctx: Context, name: string, value: string | null) =>
    savePreference(ctx, { name, value, secure })
  const pages = {
    async save(ctx: Context) {
      const language = formText(ctx, 'language', 35)
      if (catalogs.languages.some(({ tag }) => tag === language)) setPreference(ctx, cookieNames.language, language)
      const theme = formText(ctx, 'theme', 10)
      if (theme !== '') setPreference(ctx, cookieNames.theme, themeOf(theme))
      seeOther(ctx, sameSitePath(formText(ctx, 'back', 4096), '/'))
    },
  }

  return [route.post('/preferences', pages.save)]
}
