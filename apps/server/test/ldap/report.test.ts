import { expect, test } from '@jest/globals'
import type { LdapPlan } from '@pocket/directory'
import { planSummaryOf, problemsOf, wholeCsvOf } from '../../src/ldap/report.ts'

const numbers = Array.from({ length: 250 }, (_, number) => number)
const user = { id: 'u', displayName: '=HYPERLINK("x")', firstName: 'Ada', disabled: false }
const plan = {
  creations: numbers.map((number) => ({ user: { displayName: `New ${number}`, userName: `new${number}` } })),
  changes: [{ kind: 'change', before: { user }, after: { user: { ...user, firstName: 'Eve', disabled: true } } }],
  removals: numbers.map((number) => ({ user: { id: `id${number}`, displayName: `Old ${number}` } })),
  ...{ groupCreations: [], groupChanges: [], groupRemovals: [] },
  memberships: [{ groupName: 'Team', added: ['a', 'b'], removed: ['c'] }],
  problems: numbers.map((number) => ({ dn: `uid=${number}`, code: 'id_missing', detail: 'uid' })),
} as unknown as LdapPlan

test('a stored report is shortened, and the file is whole', () => {
  expect([planSummaryOf(plan).created.length, problemsOf(plan.problems).length]).toEqual([200, 200])
  const lines = wholeCsvOf(plan, plan.problems)?.split('\r\n') ?? []
  expect(lines[0]).toBe('part,name,id,field,before,after')
  expect(lines.filter((line) => /^created,New \d+ \(new\d+\),,,,$/.test(line))).toHaveLength(250)
  expect(lines.filter((line) => /^removed,Old \d+,id\d+,,,$/.test(line))).toHaveLength(250)
  expect(lines.filter((line) => /^problem,uid=\d+,,id_missing,uid,$/.test(line))).toHaveLength(250)
  expect(lines).toContain('members,Team,,members,1,2')
  // A spreadsheet would evaluate a formula.
  expect(lines).toContain(`changed,"'=HYPERLINK(""x"")",u,firstName,Ada,Eve`)
  expect(lines).toContain(`changed,"'=HYPERLINK(""x"")",u,disabled,false,true`)
})
