import { writeSync } from 'node:fs'
import { DataSource } from 'typeorm'
import { sqliteOptions } from '../../src/typeorm/index.ts'
import { databaseOf } from '../../src/typeorm/internal-sql.ts'

/** Acknowledges fifty writes on stdout and kills itself immediately after the last one. */
const [path = '', way = ''] = process.argv.slice(2)
const dataSource = await new DataSource(sqliteOptions(path, [])).initialize()
const database = databaseOf(dataSource)
const sql = 'INSERT INTO host_note (id, text, pinned) VALUES ($1, $2, $3)'

const ways: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  statement: (id) => database.execute(sql, [id, '', false]),
  transaction: (id) => database.transaction(() => database.execute(sql, [id, '', false])),
  query: (id) => dataSource.query('INSERT INTO host_note (id, text, pinned) VALUES (?, ?, ?)', [id, '', 0]),
}
const write = ways[way]
if (write === undefined) throw new Error(`There is no way ${way}`)

let acknowledged = 0
for (let index = 0; index < 50; index += 1) {
  const id = `note ${index}`
  write(id).then(() => {
    writeSync(1, `${id}\n`)
    acknowledged += 1
    if (acknowledged === 50) process.kill(process.pid, 'SIGKILL')
  })
}
