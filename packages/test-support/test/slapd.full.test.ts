import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { describeUnless, generateLdif, ldifEntry, slapdUnavailableReason, startSlapd } from '@pocket/test-support'

describeUnless(slapdUnavailableReason, describe)('slapd', () => {
  test('returns its entries, and removes its data on disposal', async () => {
    const base = 'dc=example,dc=com'
    const specialEntry = ldifEntry(`cn=Zoë\\, or so,${base}`, {
      objectClass: 'person',
      cn: 'Zoë, or so',
      sn: ' spaced ',
    })
    const slapd = await startSlapd({ ldif: generateLdif({ users: 20_000, groups: 2_000 }) + specialEntry })
    const socket = decodeURIComponent(new URL(slapd.socketUrl).hostname)
    await slapd.modify(
      `dn: uid=user19999,ou=people,${base}\nchangetype: modify\nreplace: mail\nmail: new@example.com\n`,
    )
    expect(existsSync(socket)).toBe(true)

    await slapd[Symbol.asyncDispose]()

    expect(existsSync(socket)).toBe(false)
    await expect(slapd.modify('')).rejects.toThrow('ENOENT')
  })

  test('reports rejected requests', async () => {
    await expect(startSlapd({ ldif: 'dn: dc=elsewhere\n' })).rejects.toThrow('slapadd')
  })
})
