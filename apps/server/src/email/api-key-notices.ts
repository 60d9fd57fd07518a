import type { Clock, Transaction } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import type { ApiKey } from '../api-keys/api-key.ts'
import type { ApiKeyStore } from '../api-keys/api-key-store.ts'
import type { SettingValues } from '../settings/definitions.ts'
import type { Outbox } from './outbox.ts'

export interface ApiKeyNoticeDeps {
  readonly apiKeys: Pick<ApiKeyStore, 'listExpiring' | 'markExpirationEmailSent'>
  readonly directory: Pick<Directory, 'find'>
  readonly outbox: Pick<Outbox, 'queue'>
  readonly settings: () => Promise<Pick<SettingValues, 'emailApiKeyExpirationEnabled'>>
  readonly transaction: Transaction
  readonly clock: Clock
}

/** Milliseconds. */
const noticePeriod = 7 * 24 * 60 * 60_000

/** Notifies users once of each API key that expires within a week. */
export async function notifyExpiringApiKeys(deps: ApiKeyNoticeDeps, signal: AbortSignal): Promise<void> {
  const { apiKeys, settings, clock } = deps
  if (!(await settings()).emailApiKeyExpirationEnabled) return
  const now = clock.now()
  for (const apiKey of await apiKeys.listExpiring(now, now + noticePeriod)) {
    if (signal.aborted) return
    await sendNotice(deps, apiKey)
  }
}

async function sendNotice(
  { apiKeys, directory, outbox, transaction }: ApiKeyNoticeDeps,
  apiKey: ApiKey,
): Promise<void> {
  await transaction(async () => {
    const to = await directory.find(apiKey.ownerId)
    if (!to?.email || to.disabled || !(await apiKeys.markExpirationEmailSent(apiKey.id, apiKey.expiresAt))) return
    const { name: keyName, expiresAt } = apiKey
    await outbox.queue({
      to,
      message: { kind: 'api-key-expiring', name: to.displayName, keyName, expiresAt },
      expiresAt,
      onceKey: `api-key-expiring:${apiKey.id}:${expiresAt}`,
    })
  })
}
