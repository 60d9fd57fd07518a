import type { Row, TableShape } from '../database/table-shape.ts'

/*
 * An archive is gzip-compressed JSON Lines: a header, the rows in batches, the pictures, and an end with the SHA-256 of all
 * preceding lines. It may be encrypted with age.
 */

export const formatName = 'pocket-archive'
export const formatVersion = 1

export interface ArchiveHeader {
  readonly format: typeof formatName
  readonly version: number
  readonly program: string
  /** ISO 8601. */
  readonly createdAt: string
  /** The fingerprint of the master key that encrypted the values in the rows. */
  readonly fingerprint: string
  /** The master key in base64, if it was included. */
  readonly key?: string
  /** Applied migrations by the table of their set. */
  readonly migrations: Readonly<Record<string, readonly string[]>>
  readonly tables: readonly TableShape[]
}

export interface ArchiveEnd {
  readonly rows: number
  readonly files: number
  /** Files that could not be read. */
  readonly missing: readonly string[]
  readonly sha256: string
}

export type ArchiveRecord =
  | { readonly table: string; readonly rows: readonly Row[] }
  | { readonly file: string; readonly data: string }
  | { readonly end: ArchiveEnd }
