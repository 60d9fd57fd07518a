import type { MasterKey } from '../master-key.ts'
import type { StoredCode } from './code-store.ts'
import { normalizeCode } from './code-text.ts'

/** A login code of another provider. */
export interface ImportedLoginCode {
  readonly code: string
  readonly accountId: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** What distinguishes a login code from a recovery code. */
export const loginCode = { kind: null, sessionUid: null } as const

export function hashLoginCode(masterKey: MasterKey, code: string): string {
  return masterKey.mac('login code', code)
}

/** The stored form of a login code that any browser may use. */
export function toStoredCode(masterKey: MasterKey, { code, accountId, expiresAt }: ImportedLoginCode): StoredCode {
  return {
    hash: hashLoginCode(masterKey, normalizeCode(code)),
    accountId,
    browserHash: null,
    byProgram: false,
    ...loginCode,
    expiresAt,
  }
}
