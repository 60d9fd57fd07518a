import { EntitySchema } from 'typeorm'
import { integer, text } from './columns.ts'

/** One row: the issuer that the tables belong to. */
export interface StoredIssuer {
  readonly id: number
  readonly issuer: string
}

export const issuerTable: EntitySchema<StoredIssuer> = new EntitySchema<StoredIssuer>({
  name: 'pocket_issuer',
  tableName: 'pocket_issuer',
  columns: { id: { ...integer, primary: true }, issuer: text },
})
