import { type RequestOrigin, requestContext } from '@pocket/core'
import { InvalidInputError, NotFoundError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { Deps } from '../http/deps.ts'
import { deviceOf } from '../http/device.ts'
import type { Settings } from '../settings/settings.ts'
import type { RecoveryCodeSummary, RecoveryNotice } from './page-model.ts'
import type { RecoveryStore } from './recovery-store.ts'

export interface RecoveryDeps extends Deps {
  readonly settings: Settings
  readonly database: { readonly recoveries: RecoveryStore }
  /** Whether cookies have the `Secure` attribute. */
  readonly secure: boolean
}

/** Recovery codes of users, and the notices of their use. */
export interface Recovery {
  /** Whether the settings allow recovery codes at all. */
  isOffered(): Promise<boolean>
  /** `null` if the user may have no codes. */
  summaryOf(user: User): Promise<RecoveryCodeSummary | null>
  /** Replaces the user's codes. @throws {NotFoundError} `not_found` if the user may have none */
  createCodes(user: User, origin: RequestOrigin): Promise<readonly string[]>
  removeCodes(user: User, origin: RequestOrigin): Promise<void>
  /** Uses a recovery code, after which this browser may add a passkey at `/recover`. @throws as `pocket.recovery.begin` */
  begin(ctx: Context, code: string): Promise<void>
  /** The last use of a recovery code, until this browser has confirmed the notice. */
  noticeFor(ctx: Context, user: Pick<User, 'id'>): Promise<RecoveryNotice | null>
  /** Hides the notice in this browser. */
  confirmNotice(ctx: Context, usedAt: string): void
}

const codeCount = 10
/** How long a use is shown, in milliseconds. */
const noticeLifetime = 30 * 86_400_000

export function createRecovery({ pocket, directory, settings, database, secure, clock }: RecoveryDeps): Recovery {
  const { recovery: codes } = pocket
  const { recoveries } = database
  const noticeCookie = secure ? '__Secure-recovery_seen' : 'recovery_seen'

  const isAllowed = async ({ administrator }: Pick<User, 'administrator'>) => {
    const { recoveryCodes } = await settings.present()
    return recoveryCodes === 'everyone' || (recoveryCodes === 'users' && !administrator)
  }

  return {
    isOffered: async () => (await settings.lastKnown()).recoveryCodes !== 'disabled',

    summaryOf: async (user) =>
      (await isAllowed(user)) ? { left: await codes.countCodes(user.id, 'recovery'), total: codeCount } : null,

    async createCodes(user, origin) {
      if (!(await isAllowed(user))) throw new NotFoundError('not_found', 'Recovery codes are turned off.')
      return codes.replaceCodes(user.id, { kind: 'recovery', count: codeCount, origin })
    },

    async removeCodes({ id }, origin) {
      await codes.removeCodes(id, { kind: 'recovery', origin })
    },

    async begin(ctx, code) {
      const { ipAddress, userAgent } = requestContext(ctx.req)
      await codes.begin(ctx.req, ctx.res, code, async ({ account, kind }) => {
        const user = await directory.find(account.id)
        if (!user || (kind === 'recovery' && !(await isAllowed(user))))
          throw new InvalidInputError('code_invalid', 'Recovery codes are turned off.')
        await recoveries.recordUse({ accountId: user.id, usedAt: clock.now(), ipAddress, userAgent })
      })
    },

    async noticeFor(ctx, { id }) {
      const { usedAt = null, ipAddress = null, userAgent = null } = (await recoveries.find(id)) ?? {}
      if (usedAt === null || usedAt < clock.now() - noticeLifetime) return null
      const isConfirmed = ctx.cookies.get(noticeCookie, { signed: false }) === String(usedAt)
      return isConfirmed ? null : { usedAt, ipAddress, device: deviceOf(userAgent) }
    },

    confirmNotice(ctx, usedAt) {
      const options = { path: '/settings', httpOnly: true, sameSite: 'lax', secure, signed: false } as const
      ctx.cookies.set(noticeCookie, usedAt.replaceAll(/\D/g, '').slice(0, 15), {
        ...options,
        overwrite: true,
        maxAge: noticeLifetime,
      })
    },
  }
}
