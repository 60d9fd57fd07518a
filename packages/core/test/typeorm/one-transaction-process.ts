import { once } from 'node:events'
import { DataSource } from 'typeorm'
import { databaseOf, postgresOptions } from '../../src/typeorm/index.ts'

/** Makes statements of one transaction at once, which succeeds and then fails; says which notes there are then. */
const dataSource = await new DataSource(postgresOptions(process.argv[2] ?? '')).initialize()
const database = databaseOf(dataSource)
console.log('ready')
await once(process.stdin, 'data')
const insert = 'INSERT INTO host_note (id, text, pinned) VALUES ($1, $2, $3)'
const atOnce = (ids: readonly string[], wait = 0) =>
  database.transaction(() => {
    const all = Promise.all(ids.map((id) => database.execute(insert, [id, '', false])))
    return all.catch(async (error) => {
      for (let tick = 0; tick < wait; tick++) await undefined
      throw error
    })
  })
await atOnce(['a', 'b', 'c', 'd'])
// The roll-back meets the statement after the one that fails wherever that is by then.
for (let wait = 0; wait < 10; wait++) {
  const [outcome] = await Promise.allSettled([atOnce(['e', 'a', 'f', 'g'], wait)])
  console.log(outcome?.status)
}
console.log((await database.query<{ id: string }>('SELECT id FROM host_note ORDER BY id')).map(({ id }) => id).join())
await dataSource.destroy()
process.stdin.destroy()
