import { type IssuedRecoveryKind, type RequestOrigin, requestContext } from '@pocket/core'
import { ForbiddenError, InvalidInputError, NotFoundError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { Deps } from '../http/deps.ts'
import { deviceOf } from '../http/device.ts'
import type { Settings } from '../settings/settings.ts'
import type { RecoveryCodeSummary, RecoveryNotice } from './page-model.ts'
import { canRecoverByEmail, delayedCodeLifetime } from './recovery-requests.ts'
import type { RecoveryStore } from './recovery-store.ts'

export interface RecoveryDeps extends Deps {
  readonly settings: Settings
  readonly database: { readonly recoveries: RecoveryStore }
  readonly secure: boolean
}

const codeCount = 10
/** How long a use is shown, in milliseconds. */
const noticeLifetime = 30 * 86_400_000

/** Recovery codes of users, and the notices of their use. */
export function createRecovery({ pocket, directory, settings, database, secure, clock }: RecoveryDeps) {
  const { recovery: codes } = pocket
  const { recoveries } = database
  const noticeCookie = secure ? '__Secure-recovery_seen' : 'recovery_seen'

  const isAllowed = async ({ administrator }: Pick<User, 'administrator'>) => {
    const { recoveryCodes } = await settings.present()
    return recoveryCodes === 'everyone' || (recoveryCodes !== 'disabled' && !administrator)
  }

  /** A code of a kind that has since been turned off remains stored, but cannot be used. */
  const canUse = async (user: User, kind: IssuedRecoveryKind) => {
    if (kind === 'break_glass') return user.administrator
    return kind === 'delayed' ? canRecoverByEmail(user, await settings.present()) : isAllowed(user)
  }

  const hasBreakGlassCode = async ({ id }: Pick<User, 'id'>) => (await codes.countCodes(id, 'break_glass')) > 0

  return {
    /** Whether the settings allow recovery codes at all. */
    isOffered: async (): Promise<boolean> => (await settings.lastKnown()).recoveryCodes !== 'disabled',

    /** `null` if the user may have no codes. */
    findSummary: async (user: User): Promise<RecoveryCodeSummary | null> =>
      (await isAllowed(user)) ? { left: await codes.countCodes(user.id, 'recovery'), total: codeCount } : null,

    /** For the data export, without the codes. */
    async findState(user: Pick<User, 'id'>): Promise<{
      readonly unusedCodes: number
      readonly hasBreakGlassCode: boolean
      readonly lastUsedAt: number | null
      /** When the code of the last recovery by e-mail is or was sent. */
      readonly requestedFor: number | null
    }> {
      const { usedAt = null, readyAt = null } = (await recoveries.find(user.id)) ?? {}
      return {
        unusedCodes: await codes.countCodes(user.id, 'recovery'),
        hasBreakGlassCode: await hasBreakGlassCode(user),
        lastUsedAt: usedAt,
        requestedFor: readyAt,
      }
    },

    /** Replaces the user's codes. @throws {NotFoundError} `not_found` if the user may have none */
    async createCodes(user: User, origin: RequestOrigin): Promise<readonly string[]> {
      if (!(await isAllowed(user))) throw new NotFoundError('not_found', 'Recovery codes are turned off.')
      return codes.replaceCodes(user.id, { kind: 'recovery', count: codeCount, origin })
    },

    async removeCodes({ id }: User, origin: RequestOrigin): Promise<void> {
      await codes.removeCodes(id, { kind: 'recovery', origin })
    },

    hasBreakGlassCode,

    /** Replaces the break-glass code of an administrator. @throws {ForbiddenError} `forbidden` for other users */
    async createBreakGlassCode(
      { id, administrator }: User,
      actor?: { readonly origin: RequestOrigin },
    ): Promise<string> {
      if (!administrator) throw new ForbiddenError('forbidden', 'Only administrators have a break-glass code.')
      const [code = ''] = await codes.replaceCodes(id, { kind: 'break_glass', ...actor })
      return code
    },

    /** Uses a recovery code, after which this browser may add a passkey at `/recover`. @throws the same errors as `pocket.recovery.begin` */
    async begin(ctx: Context, code: string): Promise<void> {
      const { ipAddress, userAgent } = requestContext(ctx.req)
      await codes.begin(ctx.req, ctx.res, code, async ({ account, kind }) => {
        const user = await directory.find(account.id)
        if (!user || !(await canUse(user, kind)))
          throw new InvalidInputError('code_invalid', 'Recovery codes are turned off.')
        await recoveries.recordUse({ accountId: user.id, usedAt: clock.now(), ipAddress, userAgent })
      })
    },

    /** Pending recoveries by e-mail, and the last use of a recovery code until this browser has confirmed the notice. */
    async noticeFor(ctx: Context, { id }: Pick<User, 'id'>): Promise<RecoveryNotice | null> {
      const state = await recoveries.find(id)
      if (!state) return null
      const { usedAt, ipAddress, userAgent, readyAt } = state
      const now = clock.now()
      const isConfirmed = ctx.cookies.get(noticeCookie, { signed: false }) === String(usedAt)
      const isShown = usedAt !== null && usedAt > now - noticeLifetime && !isConfirmed
      const used = isShown ? { at: usedAt, ipAddress, device: deviceOf(userAgent) } : null
      const pendingUntil = readyAt !== null && readyAt + delayedCodeLifetime > now ? readyAt : null
      return used || pendingUntil !== null ? { used, pendingUntil } : null
    },

    /** Hides the notice in this browser. */
    confirmNotice(ctx: Context, usedAt: string): void {
      const options = { path: '/settings', httpOnly: true, sameSite: 'lax', secure, signed: false } as const
      ctx.cookies.set(noticeCookie, usedAt.replaceAll(/\D/g, '').slice(0, 15), {
        ...options,
        overwrite: true,
        maxAge: noticeLifetime,
      })
    },
  }
}

export type Recovery = ReturnType<typeof createRecovery>
