import type { Passkey, PasskeyPolicy } from '@pocket/core'
import { policyProblems, providerName } from '@pocket/core/internal'
import { deviceOf } from '../http/device.ts'
import { providerDrawings } from './generated/provider-drawings.ts'
import type { OutdatedPasskey, PasskeyItem } from './page-model.ts'

/** A passkey on its owner's page. */
export function passkeyItem(passkey: Passkey, policy: PasskeyPolicy): PasskeyItem {
  const { id, name, aaguid, backedUp, createdAt, lastUsedAt, device, counterRegressedAt } = passkey
  return {
    id,
    name,
    synced: backedUp,
    provider: providerOf(aaguid),
    createdIn: device === null ? null : deviceOf(device),
    outdated: isOutdated(passkey, policy),
    createdAt,
    lastUsedAt,
    counterRegressedAt,
  }
}

/** The notice for the owner about passkeys that the policy no longer accepts. */
export function outdatedPasskey(
  passkeys: readonly Passkey[],
  policy: PasskeyPolicy,
  now: number,
): OutdatedPasskey | null {
  if (!passkeys.some((passkey) => isOutdated(passkey, policy))) return null
  const { nonCompliance, nonComplianceFrom } = policy
  return { refusedFrom: nonCompliance === 'require' && nonComplianceFrom > now ? nonComplianceFrom : null }
}

function isOutdated(passkey: Passkey, policy: PasskeyPolicy): boolean {
  return policy.nonCompliance !== 'keep' && policyProblems(passkey, policy).length > 0
}

function providerOf(aaguid: string): PasskeyItem['provider'] {
  const name = providerName(aaguid)
  if (name === undefined) return null
  return { name, drawing: providerDrawings.find(([start]) => name.startsWith(start))?.[1] ?? null }
}
