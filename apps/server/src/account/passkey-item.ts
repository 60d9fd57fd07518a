import { type Passkey, type PasskeyPolicy, policyProblems, providerName } from '@pocket/core'
import { deviceOf } from '../audit-log/device.ts'
import type { PasskeyItem } from './page-model.ts'
import { providerDrawings } from './provider-drawings.ts'

/** A passkey as its owner sees it. */
export function passkeyItem(passkey: Passkey, policy: PasskeyPolicy): PasskeyItem {
  const { id, name, aaguid, backedUp, createdAt, lastUsedAt, device, counterRegressedAt } = passkey
  return {
    id,
    name,
    synced: backedUp,
    provider: providerOf(aaguid),
    madeIn: device === null ? null : deviceOf(device),
    outdated: policy.nonCompliance !== 'keep' && policyProblems(passkey, policy).length > 0,
    createdAt,
    lastUsedAt,
    counterRegressedAt,
  }
}

function providerOf(aaguid: string): PasskeyItem['provider'] {
  const name = providerName(aaguid)
  if (name === undefined) return null
  return { name, drawing: providerDrawings.find(([start]) => name.startsWith(start))?.[1] ?? null }
}
