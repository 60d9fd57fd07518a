import { describe, expect, test } from '@jest/globals'
import { type AuditEvent, changeIssuer, createPocket, type PocketStores } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import { storeKinds } from '../contracts/store-kinds.ts'
import { startHost } from './host.ts'

const [first, second] = ['https://id.example.com', 'https://login.example.com/sso'] as const

const start = (stores: PocketStores, issuer: string) =>
  createPocket({
    ...{ issuer, stores },
    masterKey: 'a master key that is long enough',
    accounts: { find: async () => undefined },
  })

describe.each(Object.entries(storeKinds))('the issuer on %s', (_kind, open) => {
  test('is stored at the first start, and another one is rejected with the remedy', async () => {
    await using database = await open()
    const stores = await database.empty()
    await start(stores, `${first}/`)
    await start(stores, first)
    const refusal: ConfigurationError = await start(stores, second).then(
      () => {
        throw new Error('It was accepted')
      },
      (error) => error,
    )
    expect(refusal).toBeInstanceOf(ConfigurationError)
    expect(refusal.message).toBe(
      `The option issuer is ${second}, but the stored data belongs to ${first}, the issuer of its clients and passkeys. Use ${first}, or call changeIssuer({ issuer: '${second}', stores }) once before.`,
    )
    expect(refusal.fields).toEqual([expect.objectContaining({ field: 'issuer', code: 'contradiction' })])
  })

  test('is changed by changeIssuer, which records it once', async () => {
    await using database = await open()
    const stores = await database.empty()
    await start(stores, first)
    const events: AuditEvent[] = []
    const audit = { record: async (event: AuditEvent) => void events.push(event) }
    const change = () => changeIssuer({ issuer: second, stores, audit })
    expect((await Promise.all([change(), change()])).toSorted()).toEqual([first, second])
    expect(events).toEqual([{ event: 'issuer_changed', from: first, to: second }])
    await start(stores, second)
    await expect(start(stores, first)).rejects.toThrow(`belongs to ${second}`)
  })

  test('counts only passkeys of the current relying party ID as usable', async () => {
    await using database = await open()
    await using host = await startHost({ stores: await database.empty() })
    const { pocket, stores } = host
    const { account } = await host.person('ada')
    const [own] = await stores.passkeys.listByAccount(account.id)
    if (!own) throw new Error('The account has no passkey.')
    const foreign = { ...own, id: crypto.randomUUID(), credentialId: 'foreign', rpId: 'old.example.com' }
    await stores.passkeys.insert(foreign)
    expect(await pocket.passkeys.countUsable(account.id)).toBe(1)
    expect([await pocket.passkeys.accountIds('several'), await pocket.passkeys.accountIds('single')]).toEqual([
      [],
      [account.id],
    ])
    await expect(pocket.passkeys.remove(account.id, own.id)).rejects.toMatchObject({ code: 'last_passkey' })
    await pocket.passkeys.remove(account.id, foreign.id)
  })

  test('stays if the audit sink fails, or if the URL cannot be an issuer', async () => {
    await using database = await open()
    const stores = await database.empty()
    await start(stores, first)
    const audit = { record: () => Promise.reject(new Error('The disk is full')) }
    await expect(changeIssuer({ issuer: second, stores, audit })).rejects.toThrow('The disk is full')
    await expect(async () => changeIssuer({ issuer: 'https://192.0.2.1', stores })).rejects.toThrow('domain name')
    await start(stores, first)
  })
})
