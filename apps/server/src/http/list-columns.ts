import type { Context } from 'koa'

export interface ListColumn {
  readonly name: string
  /** The sort key of the column, if it is sortable. */
  readonly sort?: string
  /** Whether users can hide the column, and whether it is visible by default; without it the column is always visible. */
  readonly choice?: 'shown' | 'hidden'
}

interface ColumnsOfList {
  readonly path: string
  readonly columns: readonly ListColumn[]
}

/** A browser stores the selected columns for a year. Milliseconds. */
const cookieMaxAge = 365 * 86_400_000

/** The columns in the URL, or the last selection. */
export function readVisibleColumns(
  ctx: Context,
  { path, columns }: ColumnsOfList,
  secure: boolean,
): ReadonlySet<string> {
  const cookie = secure ? '__Secure-columns' : 'columns'
  const submittedColumns = ctx.query.columns
  const requested =
    submittedColumns === undefined ? ctx.cookies.get(cookie, { signed: false })?.split('.') : [submittedColumns].flat()
  const selected = requested && columns.filter(({ name }) => requested.includes(name)).map(({ name }) => name)
  if (submittedColumns !== undefined && selected)
    ctx.cookies.set(cookie, `.${selected.join('.')}`, {
      path,
      maxAge: cookieMaxAge,
      httpOnly: true,
      sameSite: 'lax',
      secure,
      overwrite: true,
      signed: false,
    })
  return new Set(
    columns
      .filter(({ name, choice }) => choice === undefined || (selected ? selected.includes(name) : choice === 'shown'))
      .map(({ name }) => name),
  )
}
