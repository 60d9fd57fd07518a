import { createHash } from 'node:crypto'
import type { Snapshot } from '../database/snapshot.ts'
import type { FileStore } from '../files/file-store.ts'
import { type ArchiveEnd, type ArchiveHeader, type ArchiveRecord, formatName, formatVersion } from './archive-format.ts'

export interface FileTables {
  readonly names: { readonly table: string; readonly column: string }
  /** The table of the file store in the database, whose content is archived as files. */
  readonly content: string
}

/** How many of the rows or pictures were written. */
export type ShowProgress = (progress: {
  readonly subject: string
  readonly done: number
  readonly total: number
}) => void

export interface ArchiveSource {
  readonly snapshot: Snapshot
  readonly files: Pick<FileStore, 'read'>
  /** Absent if the archive contains no files. */
  readonly fileTables?: FileTables
  readonly program: string
  readonly createdAt: Date
  readonly fingerprint: string
  readonly key?: Buffer | undefined
  readonly showProgress?: ShowProgress | undefined
  /** Called with the end of the archive after it was written. */
  readonly onEnd: (end: ArchiveEnd) => void
}

/** The lines of an archive. Files are read after the rows, so a file that has since been replaced may be missing. */
export async function* writeArchive(source: ArchiveSource): AsyncGenerator<string> {
  const { snapshot, files, fileTables, showProgress } = source
  const hash = createHash('sha256')
  const line = (content: ArchiveHeader | ArchiveRecord) => {
    const text = `${JSON.stringify(content)}\n`
    hash.update(text)
    return text
  }
  const tables = snapshot.tables.filter(({ name }) => name !== fileTables?.content)
  yield line({
    format: formatName,
    version: formatVersion,
    program: source.program,
    createdAt: source.createdAt.toISOString(),
    fingerprint: source.fingerprint,
    ...(source.key && { key: source.key.toString('base64') }),
    migrations: Object.fromEntries(snapshot.applied),
    tables,
  })
  const names: string[] = []
  let rowCount = 0
  const total = showProgress && (await snapshot.count(tables))
  for (const table of tables) {
    const column =
      fileTables !== undefined && table.name === fileTables.names.table
        ? columnIndex(table.columns, fileTables.names.column)
        : undefined
    for await (const rows of snapshot.rows(table)) {
      rowCount += rows.length
      if (column !== undefined) for (const row of rows) names.push(String(row[column]))
      yield line({ table: table.name, rows })
      if (total !== undefined) showProgress?.({ subject: 'rows', done: rowCount, total })
    }
  }
  const missing: string[] = []
  for (const [index, file] of names.entries()) {
    const bytes = await files.read(file)
    if (bytes === undefined) missing.push(file)
    else yield line({ file, data: bytes.toString('base64') })
    showProgress?.({ subject: 'pictures', done: index + 1, total: names.length })
  }
  const end = { rows: rowCount, files: names.length - missing.length, missing, sha256: hash.copy().digest('base64url') }
  yield line({ end })
  source.onEnd(end)
}

function columnIndex(columns: readonly { readonly name: string }[], column: string): number {
  const index = columns.findIndex(({ name }) => name === column)
  if (index < 0) throw new TypeError(`There is no column ${column}`)
  return index
}
