import { randomUUID } from 'node:crypto'
import type { AuditEvent, AuditSink, Clock, Transaction } from '@pocket/core'
import type { Actor } from '../access/actor.ts'
import type { FileStore } from '../files/file-store.ts'
import { hashOf, type PreparedImage, type Slot, type StoredImage } from './image.ts'
import { imageNotFound } from './image-errors.ts'
import type { ImageStore } from './image-store.ts'

export interface ImageDeps {
  readonly store: ImageStore
  readonly files: FileStore
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly clock: Clock
  /** Receives errors of file deletions, which are retried. */
  readonly onError: (error: unknown) => void
}

export interface ImageChange {
  readonly slot: Slot
  readonly event: AuditEvent
  readonly actor: Actor
}

const extensions: Readonly<Record<string, string>> = {
  'image/svg+xml': 'svg',
  'image/x-icon': 'ico',
  'image/jpeg': 'jpg',
}

export function imageFile(slot: Slot, mediaType: string, id: string): string {
  const [folder] = slot.split('/', 1)
  return `${folder}/${id}.${extensions[mediaType] ?? mediaType.slice('image/'.length)}`
}

export function createImages({ store, files, audit, transaction, clock, onError }: ImageDeps) {
  const removeDiscarded = async (): Promise<void> => {
    const failures: unknown[] = []
    for (const { file } of await store.listDiscarded()) {
      try {
        await files.remove(file)
        await store.remove(file)
      } catch (error) {
        // One failed deletion must not stop the others.
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Files of discarded images could not be removed.')
  }

  /** A leftover file must not fail the completed change. */
  const tryRemoveDiscarded = () => removeDiscarded().catch(onError)

  return {
    find: store.find,

    /** The bytes of an image, or `undefined` if its file is missing. Throws if the file content does not match. */
    async read({ file, hash }: StoredImage): Promise<Buffer | undefined> {
      const bytes = await files.read(file)
      // Browsers cache images for a year, so a truncated file must not be served.
      if (bytes !== undefined && hashOf(bytes) !== hash)
        throw new Error(`The content of ${file} does not match its stored hash.`)
      return bytes
    },

    listByPrefix: store.listByPrefix,
    listBySlots: store.listBySlots,
    listByPrefixCached: store.listByPrefixCached,
    findPairCached: store.findPairCached,

    async put({ slot, event, actor }: ImageChange, { bytes, mediaType }: PreparedImage): Promise<void> {
      const file = imageFile(slot, mediaType, randomUUID())
      // Write the file first, so that the stored image never points to a missing file.
      let isStored = false
      try {
        await files.write(file, bytes)
        await transaction(async () => {
          await store.lock()
          await store.discard(slot)
          await store.insert({ file, slot, mediaType, hash: hashOf(bytes), createdAt: clock.now() })
          await audit.record(event, actor.origin)
          // From here on the outcome depends on the commit, whose failure may be uncertain.
          isStored = true
        })
      } catch (error) {
        // A failed write may still have created the file.
        if (!isStored) await files.remove(file).catch(onError)
        throw error
      }
      await tryRemoveDiscarded()
    },

    /** @throws {NotFoundError} `image_not_found`, unless `ignoreMissing` is set */
    async remove({ slot, event, actor }: ImageChange, ignoreMissing?: 'ignore-missing'): Promise<void> {
      const wasStored = await transaction(async () => {
        const discarded = await store.discard(slot)
        if (discarded) await audit.record(event, actor.origin)
        return discarded
      })
      if (!wasStored && ignoreMissing === undefined) throw imageNotFound()
      await tryRemoveDiscarded()
    },

    move: store.move,

    /** Removes images from these slots because their owner is being deleted; runs in its transaction. */
    async discard(...slots: readonly Slot[]): Promise<void> {
      for (const slot of slots) await store.discard(slot)
    },

    removeDiscarded,
  }
}

export type Images = ReturnType<typeof createImages>
