import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { StoredImage } from './image.ts'

export const imageTable: EntitySchema<StoredImage> = new EntitySchema<StoredImage>({
  name: 'pocket_image',
  tableName: 'pocket_image',
  columns: {
    file: { ...columns.varchar(200), primary: true },
    slot: { ...columns.varchar(100), nullable: true },
    mediaType: { ...columns.varchar(50), name: 'media_type' },
    hash: columns.hash,
    createdAt: { ...columns.bigint, name: 'created_at' },
  },
  indices: [{ name: 'pocket_image_slot', columns: ['slot'], unique: true }],
})
