import type { Account } from '../accounts/account.ts'
import type { AccountStore } from '../accounts/account-store.ts'
import { eligibleAccount } from '../accounts/eligibility.ts'
import type { Clock } from '../clock.ts'
import { ForbiddenError, NotAuthenticatedError } from '../errors.ts'
import { sha256 } from '../hash.ts'
import type { MasterKey } from '../master-key.ts'
import { randomToken, uuid } from '../random.ts'
import { codeAlphabet, normalizeCode } from './code-text.ts'
import type { DeviceLoginDecision, DeviceLoginStore, StoredDeviceLogin } from './device-login-store.ts'

const lifetime = 5 * 60_000
/** Distinguishes these codes from OAuth device flow codes, because users enter both in the same field. */
const prefix = 'P'
const codeLength = 7

/** The requesting device. */
export interface RequestingDevice {
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/** The response for the requesting device. */
export interface NewDeviceLogin {
  readonly id: string
  /** Kept secret by this browser. */
  readonly token: string
  /** The code that the user types or compares. */
  readonly userCode: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** The request that the approving user sees. */
export interface PendingDeviceLogin extends RequestingDevice {
  readonly userCode: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** The decision of a user and the session in which it was made. */
export type DeviceLoginAnswer = Omit<DeviceLoginDecision, 'at'>

/** The signed-in account and the session that approved the device. */
export interface RedeemedDeviceLogin {
  readonly account: Account
  readonly approvingSessionUid: string | null
}

/** Signs in a device without a passkey, approved by the user on another device. */
export function createDeviceLogins({
  store,
  accounts,
  masterKey,
  clock,
}: {
  readonly store: DeviceLoginStore
  readonly accounts: AccountStore
  readonly masterKey: MasterKey
  readonly clock: Clock
}) {
  const hashCode = (code: string) => masterKey.mac('device login code', normalizeCode(code))

  /** Derived from the token, so that the page can show it again although it is not stored. */
  const userCodeOf = (token: string): string => {
    const bytes = Buffer.from(masterKey.mac('device login token', token), 'base64url')
    let remainder = BigInt(`0x${bytes.toString('hex')}`)
    const base = BigInt(codeAlphabet.length)
    let code = prefix
    for (let position = 0; position < codeLength; position += 1) {
      code += codeAlphabet.charAt(Number(remainder % base))
      remainder /= base
    }
    return code
  }

  const toPendingLogin = (
    { ipAddress, userAgent, expiresAt }: StoredDeviceLogin,
    code: string,
  ): PendingDeviceLogin => ({
    userCode: normalizeCode(code),
    ipAddress,
    userAgent,
    expiresAt,
  })

  const find = async (code: string): Promise<PendingDeviceLogin> => {
    const found = await store.findByCode(hashCode(code))
    if (found?.status !== 'pending' || found.expiresAt <= clock.now()) throw invalid()
    return toPendingLogin(found, code)
  }

  return {
    userCodeOf,
    /** @throws {NotAuthenticatedError} `device_code_invalid` */
    find,

    async request({ ipAddress, userAgent }: RequestingDevice): Promise<NewDeviceLogin> {
      const expiresAt = clock.now() + lifetime
      for (;;) {
        const token = randomToken()
        const userCode = userCodeOf(token)
        const login = {
          id: uuid(),
          tokenHash: sha256(token),
          codeHash: hashCode(userCode),
          ipAddress,
          userAgent,
          status: 'pending',
          accountId: null,
          sessionUid: null,
          expiresAt,
        } as const
        if (await store.insert(login)) return { id: login.id, token, userCode, expiresAt }
      }
    },

    /** Only once per code. @throws {NotAuthenticatedError} `device_code_invalid` */
    async decide(code: string, decision: DeviceLoginAnswer): Promise<PendingDeviceLogin> {
      const found = await find(code)
      if (!(await store.decide(hashCode(code), { ...decision, at: clock.now() }))) throw invalid()
      return found
    },

    /**
     * The account of an approved request, returned once; `undefined` while it is pending. The user code is also accepted as ID.
     *
     * @throws {NotAuthenticatedError} `device_login_expired` if it is unknown, used, expired or belongs to another browser
     * @throws {ForbiddenError} `device_login_denied`, `account_disabled` or `account_not_found`
     */
    async redeem(id: string, token: string): Promise<RedeemedDeviceLogin | undefined> {
      const tokenHash = sha256(token)
      const isUserCode = normalizeCode(id) === userCodeOf(token)
      const found = isUserCode ? await store.findByCode(hashCode(id)) : await store.find(id, tokenHash)
      if (!found || found.expiresAt <= clock.now()) throw expiredError()
      if (found.status === 'pending') return undefined
      const consumed = await store.consume(found.id, tokenHash)
      if (!consumed?.accountId) throw expiredError()
      if (consumed.status === 'denied') throw new ForbiddenError('device_login_denied', 'The sign-in was denied.')
      return { account: await eligibleAccount(accounts, consumed.accountId), approvingSessionUid: consumed.sessionUid }
    },
  }
}

export type DeviceLogins = ReturnType<typeof createDeviceLogins>

function invalid(): NotAuthenticatedError {
  return new NotAuthenticatedError('device_code_invalid', 'The code is unknown, used or expired.')
}

function expiredError(): NotAuthenticatedError {
  return new NotAuthenticatedError('device_login_expired', 'The request is unknown, used or expired.')
}
