import type { Context } from 'koa'
import type { Catalogues } from '../http/catalogues.ts'
import { formText } from '../http/form.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import { cookieNames, themeOf } from './preferences.ts'

/** Milliseconds: a year. */
const kept = 31_536_000_000

export interface PreferencePagesPorts {
  readonly catalogues: Pick<Catalogues, 'languages'>
  readonly secure: boolean
}

/** `/preferences`: keeps a language or a theme in this browser; every page has the form. */
export function preferencePages({ catalogues, secure }: PreferencePagesPorts) {
  const keep = (ctx: Context, name: string, value: string | null) =>
    ctx.cookies.set(name, value, {
      path: '/',
      maxAge: kept,
      httpOnly: true,
      sameSite: 'lax',
      secure,
      overwrite: true,
      signed: false,
    })
  return {
    async save(ctx: Context) {
      const language = formText(ctx, 'language', 35)
      if (catalogues.languages.some(({ tag }) => tag === language)) keep(ctx, cookieNames.language, language)
      const theme = formText(ctx, 'theme', 10)
      if (theme !== '') keep(ctx, cookieNames.theme, themeOf(theme))
      seeOther(ctx, sameSitePath(formText(ctx, 'back', 4096), '/'))
    },
  }
}
