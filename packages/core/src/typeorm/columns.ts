import type { EntitySchemaColumnOptions } from 'typeorm'

/*
 * Column types that behave alike on SQLite and PostgreSQL. Tables and migrations are both written with them.
 */

/** A time in milliseconds since the Unix epoch, or another integer that exceeds 32 bits. */
export const bigint: EntitySchemaColumnOptions = {
  type: 'bigint',
  transformer: {
    to: (value: number | null): number | null => value,
    // PostgreSQL's driver returns strings, since JavaScript numbers cannot represent every 64-bit integer.
    from: (value: string | number | null): number | null => (value === null ? null : Number(value)),
  },
}

/** 32 bits. */
export const integer: EntitySchemaColumnOptions = { type: 'integer' }

export const text: EntitySchemaColumnOptions = { type: 'text' }

/** No default in the database, since its syntax differs between SQLite and PostgreSQL. */
export const boolean: EntitySchemaColumnOptions = { type: 'boolean' }

/** A plain object or an array, as JSON text. */
export const json: EntitySchemaColumnOptions = { type: 'simple-json' }

export function varchar(length: number): EntitySchemaColumnOptions {
  return { type: 'varchar', length }
}

/** A UUID as text. */
export const uuid: EntitySchemaColumnOptions = varchar(36)

/** A SHA-256 or an HMAC-SHA-256 in base64url. */
export const hash: EntitySchemaColumnOptions = varchar(43)

export function primary(column: EntitySchemaColumnOptions): EntitySchemaColumnOptions {
  return { ...column, primary: true }
}

export function nullable(column: EntitySchemaColumnOptions): EntitySchemaColumnOptions {
  return { ...column, nullable: true }
}
