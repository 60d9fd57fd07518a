import { columns, defineTable } from '@pocket/core/internal/sql'
import type { StoredImage } from './image.ts'

const { bigint, hash, nullable, primary, varchar } = columns

export const imageTable = defineTable<StoredImage>('pocket_image', {
  columns: {
    file: primary(varchar(200)),
    slot: nullable(varchar(100)),
    mediaType: varchar(50),
    hash,
    createdAt: bigint,
  },
  indices: [{ name: 'pocket_image_slot', columns: ['slot'], unique: true }],
})
