import type { Context } from 'koa'

/** Milliseconds: a year. */
const cookieMaxAgeMs = 31_536_000_000

export interface Preference {
  readonly name: string
  /** `null` deletes the preference. */
  readonly value: string | null
  readonly secure: boolean
}

export function savePreference(ctx: Context, { name, value, secure }: Preference): void {
  ctx.cookies.set(name, value, {
    path: '/',
    maxAge: cookieMaxAgeMs,
    httpOnly: true,
    sameSite: 'lax',
    secure,
    overwrite: true,
    signed: false,
  })
}
