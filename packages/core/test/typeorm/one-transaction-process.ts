import { once } from 'node:events'
import { DataSource } from 'typeorm'
import { postgresOptions } from '../../src/typeorm/index.ts'
import { databaseOf } from '../../src/typeorm/internal-sql.ts'

/** Runs concurrent statements in a transaction that first succeeds and then fails; prints the remaining notes. */
const dataSource = await new DataSource(postgresOptions(process.argv[2] ?? '')).initialize()
const database = databaseOf(dataSource)
console.log('ready')
await once(process.stdin, 'data')
const insert = 'INSERT INTO host_note (id, text, pinned) VALUES ($1, $2, $3)'
const insertAtOnce = (ids: readonly string[], wait = 0) =>
  database.transaction(() => {
    const all = Promise.all(ids.map((id) => database.execute(insert, [id, '', false])))
    return all.catch(async (error) => {
      for (let tick = 0; tick < wait; tick++) await undefined
      throw error
    })
  })
await insertAtOnce(['a', 'b', 'c', 'd'])
// The rollback can meet the following statement at any stage.
for (let wait = 0; wait < 10; wait++) {
  const [outcome] = await Promise.allSettled([insertAtOnce(['e', 'a', 'f', 'g'], wait)])
  console.log(outcome?.status)
}
console.log((await database.query<{ id: string }>('SELECT id FROM host_note ORDER BY id')).map(({ id }) => id).join())
await dataSource.destroy()
process.stdin.destroy()
