import { integer, text } from './columns.ts'
import { defineTable } from './define-table.ts'

/** One row: the issuer that the tables belong to. */
export interface StoredIssuer {
  readonly id: number
  readonly issuer: string
}

export const issuerTable = defineTable<StoredIssuer>('pocket_issuer', {
  columns: { id: { ...integer, primary: true }, issuer: text },
})
