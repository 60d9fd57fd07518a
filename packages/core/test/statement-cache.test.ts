import { expect, test } from '@jest/globals'
import { cacheByStatement } from '../src/statement-cache.ts'

test('computes the result of a statement once, and forgets it when there are more than 1000 statements', () => {
  const computed: string[] = []
  const lengthOf = cacheByStatement((sql) => {
    computed.push(sql)
    return sql.length
  })
  const statements = Array.from({ length: 1000 }, (_, id) => `SELECT ${id}`)
  const runAll = () => statements.map(lengthOf)
  expect(runAll()).toEqual(statements.map(({ length }) => length))
  expect(runAll()).toEqual(statements.map(({ length }) => length))
  expect(computed).toEqual(statements)
  lengthOf('SELECT 1000')
  lengthOf('SELECT 0')
  expect(computed.slice(1000)).toEqual(['SELECT 1000', 'SELECT 0'])
})
