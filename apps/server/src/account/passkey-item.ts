import type { Passkey, PasskeyPolicy } from '@pocket/core'
import { policyProblems, providerName } from '@pocket/core/internal'
import { deviceOf } from '../http/device.ts'
import { providerDrawings } from './generated/provider-drawings.ts'
import type { PasskeyItem } from './page-model.ts'

export function passkeyItem(passkey: Passkey, policy: PasskeyPolicy): PasskeyItem {
  const { id, name, aaguid, backedUp, createdAt, lastUsedAt, device, counterRegressedAt } = passkey
  return {
    id,
    name,
    synced: backedUp,
    isSecurityKey: isSecurityKey(passkey),
    provider: providerOf(aaguid),
    createdIn: device === null ? null : deviceOf(device),
    outdated: isOutdated(passkey, policy),
    createdAt,
    lastUsedAt,
    counterRegressedAt,
  }
}

function isSecurityKey({ attachment, backedUp, transports }: Passkey): boolean {
  const isOnPhone = transports.includes('hybrid') || transports.includes('internal')
  return attachment === 'cross-platform' && !backedUp && !isOnPhone
}

/** Whether the policy no longer accepts one of these passkeys, so that its owner is notified. */
export function hasOutdatedPasskey(passkeys: readonly Passkey[], policy: PasskeyPolicy): boolean {
  return passkeys.some((passkey) => isOutdated(passkey, policy))
}

function isOutdated(passkey: Passkey, policy: PasskeyPolicy): boolean {
  return policy.nonCompliance !== 'keep' && policyProblems(passkey, policy).length > 0
}

function providerOf(aaguid: string): PasskeyItem['provider'] {
  const name = providerName(aaguid)
  if (name === undefined) return null
  return { name, drawing: providerDrawings.find(([start]) => name.startsWith(start))?.[1] ?? null }
}
