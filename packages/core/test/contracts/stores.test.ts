import { describe, test } from '@jest/globals'
import { selectCases, shareBetweenTests } from '@pocket/test-support'
import type { PocketStores } from '../../src/stores.ts'
import { apiStoreContract } from '../../src/testing/contracts/api-store.ts'
import { artifactStoreContract } from '../../src/testing/contracts/artifact-store.ts'
import { clientPageContract } from '../../src/testing/contracts/client-page.ts'
import { clientStoreContract } from '../../src/testing/contracts/client-store.ts'
import { codeStoreContract } from '../../src/testing/contracts/code-store.ts'
import { connectionLogStoreContract } from '../../src/testing/contracts/connection-log-store.ts'
import { consentStoreContract } from '../../src/testing/contracts/consent-store.ts'
import type { ContractCase } from '../../src/testing/contracts/contract.ts'
import { deviceLoginStoreContract } from '../../src/testing/contracts/device-login-store.ts'
import { initialAccessTokenStoreContract } from '../../src/testing/contracts/initial-access-token-store.ts'
import { issuerStoreContract } from '../../src/testing/contracts/issuer-store.ts'
import { keyStoreContract } from '../../src/testing/contracts/key-store.ts'
import { limitStoreContract } from '../../src/testing/contracts/limit-store.ts'
import { logoutNoticeStoreContract } from '../../src/testing/contracts/logout-notice-store.ts'
import { passkeyStoreContract } from '../../src/testing/contracts/passkey-store.ts'
import { reauthenticationStoreContract } from '../../src/testing/contracts/reauthentication-store.ts'
import { sessionHistoryStoreContract } from '../../src/testing/contracts/session-history-store.ts'
import { spentChallengeStoreContract } from '../../src/testing/contracts/spent-challenge-store.ts'
import { transactionContract } from '../../src/testing/contracts/transaction.ts'
import { allStoreKinds, relocatedStoreKinds } from './store-kinds.ts'

const all = selectCases(Object.entries({ ...allStoreKinds, ...relocatedStoreKinds }), ([kind]) => kind in allStoreKinds)

describe.each(all)('%s', (_kind, open) => {
  const stores = shareBetweenTests(() => open())

  function testContract<Store>(
    title: string,
    contract: readonly ContractCase<Store>[],
    pick: (stores: PocketStores) => Store,
  ): void {
    describe(title, () => {
      test.each(contract)('$name', async ({ run }) => run(pick(await stores.empty())))
    })
  }

  testContract('APIs', apiStoreContract, ({ apis }) => apis)
  testContract('artifacts', artifactStoreContract, ({ artifacts }) => artifacts)
  testContract('clients', clientStoreContract, ({ clients }) => clients)
  testContract('pages of clients', clientPageContract, (all) => all)
  testContract('codes', codeStoreContract, ({ codes }) => codes)
  testContract('connection log', connectionLogStoreContract, (all) => all)
  testContract('consents', consentStoreContract, ({ consents }) => consents)
  testContract('device logins', deviceLoginStoreContract, ({ deviceLogins }) => deviceLogins)
  testContract(
    'initial access tokens',
    initialAccessTokenStoreContract,
    ({ initialAccessTokens }) => initialAccessTokens,
  )
  testContract('issuer', issuerStoreContract, ({ issuer }) => issuer)
  testContract('keys', keyStoreContract, ({ keys }) => keys)
  testContract('limits', limitStoreContract, ({ limits }) => limits)
  testContract('logout notices', logoutNoticeStoreContract, ({ logoutNotices }) => logoutNotices)
  testContract('passkeys', passkeyStoreContract, ({ passkeys }) => passkeys)
  testContract('reauthentications', reauthenticationStoreContract, ({ reauthentications }) => reauthentications)
  testContract('spent challenges', spentChallengeStoreContract, ({ spentChallenges }) => spentChallenges)
  testContract('session history', sessionHistoryStoreContract, (all) => all)
  testContract('transaction', transactionContract, (all) => all)
})
