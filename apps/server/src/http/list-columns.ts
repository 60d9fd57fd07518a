import type { Context } from 'koa'

export interface ListColumn {
  readonly name: string
  /** By what its head sorts, where it does. */
  readonly sort?: string
  /** Whether somebody can do without it, and whether it is there before they have chosen; always there by default. */
  readonly choice?: 'shown' | 'hidden'
}

interface ColumnsOfList {
  readonly path: string
  readonly columns: readonly ListColumn[]
}

/** A browser keeps a choice of columns for a year. Milliseconds. */
const kept = 365 * 86_400_000

/** The columns of the address, or of the last choice. */
export function shownColumns(ctx: Context, { path, columns }: ColumnsOfList, secure: boolean): ReadonlySet<string> {
  const cookie = secure ? '__Secure-columns' : 'columns'
  const given = ctx.query.columns
  const asked = given === undefined ? ctx.cookies.get(cookie, { signed: false })?.split('.') : [given].flat()
  const chosen = asked && columns.filter(({ name }) => asked.includes(name)).map(({ name }) => name)
  if (given !== undefined && chosen)
    ctx.cookies.set(cookie, `.${chosen.join('.')}`, {
      path,
      maxAge: kept,
      httpOnly: true,
      sameSite: 'lax',
      secure,
      overwrite: true,
      signed: false,
    })
  return new Set(
    columns
      .filter(({ name, choice }) => choice === undefined || (chosen ? chosen.includes(name) : choice === 'shown'))
      .map(({ name }) => name),
  )
}
