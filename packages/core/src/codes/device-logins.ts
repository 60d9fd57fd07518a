import type { Account } from '../accounts/account.ts'
import type { AccountStore } from '../accounts/account-store.ts'
import { eligibleAccount } from '../accounts/eligibility.ts'
import type { Clock } from '../clock.ts'
import { Forbidden, NotAuthenticated } from '../errors.ts'
import { sha256 } from '../hash.ts'
import type { MasterKey } from '../master-key.ts'
import { randomToken, uuid } from '../random.ts'
import { codeAlphabet, normalCode } from './code-text.ts'
import type { DeviceLoginDecision, DeviceLoginStore, StoredDeviceLogin } from './device-login-store.ts'

const lifetime = 5 * 60_000
/** Tells these codes from those of the OAuth device flow, since people type both into one field. */
const prefix = 'P'
const codeLength = 7

/** What is known of the device that waits. */
export interface WaitingDevice {
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/** What the waiting device gets. */
export interface RequestedDeviceLogin {
  readonly id: string
  /** For this browser alone. */
  readonly token: string
  /** For the person, who types or compares it. */
  readonly userCode: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** What the person sees who is asked to let a device in. */
export interface PendingDeviceLogin extends WaitingDevice {
  readonly userCode: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Lets a device in without a passkey, on the word of somebody who has one on another device. */
export interface DeviceLogins {
  request(device: WaitingDevice): Promise<RequestedDeviceLogin>
  /** The code that belongs to a token. */
  userCodeOf(token: string): string
  /** @throws {NotAuthenticated} `device_code_invalid` */
  find(code: string): Promise<PendingDeviceLogin>
  /** Once. @throws {NotAuthenticated} `device_code_invalid` */
  decide(code: string, decision: DeviceLoginAnswer): Promise<PendingDeviceLogin>
  /**
   * Whom the device was let in as, which it is told once; `undefined` while nobody has decided.
   *
   * @throws {NotAuthenticated} `device_login_expired` where it is unknown, used, too old or another browser's
   * @throws {Forbidden} `device_login_denied`, `account_disabled` or `account_not_found`
   */
  redeem(id: string, token: string): Promise<RedeemedDeviceLogin | undefined>
}

/** What somebody decides about a device, and in which session. */
export type DeviceLoginAnswer = Omit<DeviceLoginDecision, 'at'>

/** Whom a device was let in as, and the session in which that was approved. */
export interface RedeemedDeviceLogin {
  readonly account: Account
  readonly approvedIn: string | null
}

export interface DeviceLoginPorts {
  readonly store: DeviceLoginStore
  readonly accounts: AccountStore
  readonly masterKey: MasterKey
  readonly clock: Clock
}

export function createDeviceLogins({ store, accounts, masterKey, clock }: DeviceLoginPorts): DeviceLogins {
  const hashOf = (code: string) => masterKey.mac('device login code', normalCode(code))

  /** Made from the token, so that the page can show it again while nobody stores it. */
  const userCodeOf = (token: string): string => {
    const bytes = Buffer.from(masterKey.mac('device login token', token), 'base64url')
    let rest = BigInt(`0x${bytes.toString('hex')}`)
    const signs = BigInt(codeAlphabet.length)
    let code = prefix
    for (let sign = 0; sign < codeLength; sign += 1) {
      code += codeAlphabet.charAt(Number(rest % signs))
      rest /= signs
    }
    return code
  }

  const pending = ({ ipAddress, userAgent, expiresAt }: StoredDeviceLogin, code: string): PendingDeviceLogin => ({
    userCode: normalCode(code),
    ipAddress,
    userAgent,
    expiresAt,
  })

  const find: DeviceLogins['find'] = async (code) => {
    const found = await store.findByCode(hashOf(code))
    if (found?.status !== 'pending' || found.expiresAt <= clock.now()) throw invalid()
    return pending(found, code)
  }

  return {
    userCodeOf,
    find,

    async request({ ipAddress, userAgent }) {
      const expiresAt = clock.now() + lifetime
      for (;;) {
        const token = randomToken()
        const userCode = userCodeOf(token)
        const login = {
          id: uuid(),
          tokenHash: sha256(token),
          codeHash: hashOf(userCode),
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

    async decide(code, decision) {
      const found = await find(code)
      if (!(await store.decide(hashOf(code), { ...decision, at: clock.now() }))) throw invalid()
      return found
    },

    async redeem(id, token) {
      const tokenHash = sha256(token)
      const found = await store.find(id, tokenHash)
      if (!found || found.expiresAt <= clock.now()) throw expired()
      if (found.status === 'pending') return undefined
      const taken = await store.consume(id, tokenHash)
      if (!taken?.accountId) throw expired()
      if (taken.status === 'denied') throw new Forbidden('device_login_denied', 'The sign-in was denied.')
      return { account: await eligibleAccount(accounts, taken.accountId), approvedIn: taken.sessionUid }
    },
  }
}

function invalid(): NotAuthenticated {
  return new NotAuthenticated('device_code_invalid', 'The code is unknown, used or too old.')
}

function expired(): NotAuthenticated {
  return new NotAuthenticated('device_login_expired', 'The request is unknown, used or too old.')
}
