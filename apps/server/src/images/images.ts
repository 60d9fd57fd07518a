import { randomUUID } from 'node:crypto'
import type { AuditEvent, AuditSink, Clock, Transaction } from '@pocket/core'
import type { FileStore } from '../files/file-store.ts'
import type { Actor } from '../users/actor.ts'
import { hashOf, type PreparedImage, type Slot, type StoredImage } from './image.ts'
import type { ImageStore } from './image-store.ts'
import { imageNotFound } from './refusals.ts'

export interface ImagesPorts {
  readonly store: ImageStore
  readonly files: FileStore
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly clock: Clock
  /** Takes why files could not be removed; that is tried again. */
  readonly onError: (error: unknown) => void
}

/** A change of an image: where, what the audit log says of it, and who made it. */
export interface ImageChange {
  readonly slot: Slot
  readonly event: AuditEvent
  readonly actor: Actor
}

/** Images by the place where they are shown. */
export interface Images {
  find(slot: Slot): Promise<StoredImage | undefined>
  /** The bytes of an image, or `undefined` where its file is gone. Throws where the file is another one. */
  read(image: StoredImage): Promise<Buffer | undefined>
  filled: ImageStore['filled']
  among: ImageStore['among']
  put(change: ImageChange, image: PreparedImage): Promise<void>
  /** @throws {NotFound} `image_not_found`, unless `evenNone` */
  remove(change: ImageChange, evenNone?: 'even-none'): Promise<void>
  /** Takes images out of these places because what they belong to is being removed; within its transaction. */
  forget(...slots: readonly Slot[]): Promise<void>
  /** Removes the files of images that are shown no longer. */
  removeDiscarded(): Promise<void>
}

const extensions: Readonly<Record<string, string>> = {
  'image/svg+xml': 'svg',
  'image/x-icon': 'ico',
  'image/jpeg': 'jpg',
}

export function createImages({ store, files, audit, transaction, clock, onError }: ImagesPorts): Images {
  const removeDiscarded = async (): Promise<void> => {
    const failures: unknown[] = []
    for (const { file } of await store.discarded()) {
      try {
        await files.remove(file)
        await store.remove(file)
      } catch (error) {
        // A file that cannot be removed must not keep the others.
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Files of discarded images could not be removed.')
  }
  /** A file that is left over is no reason to refuse what has been done. */
  const tidy = () => removeDiscarded().catch(onError)

  return {
    find: (slot) => store.find(slot),
    async read({ file, hash }) {
      const bytes = await files.read(file)
      // Browsers keep what is served for a year, so half a file must not count as the image.
      if (bytes !== undefined && hashOf(bytes) !== hash) throw new Error(`The file ${file} is not what was stored.`)
      return bytes
    },
    filled: (prefix) => store.filled(prefix),
    among: (slots) => store.among(slots),

    async put({ slot, event, actor }, { bytes, mediaType }) {
      const extension = extensions[mediaType] ?? mediaType.slice('image/'.length)
      const [folder] = slot.split('/', 1)
      const file = `${folder}/${randomUUID()}.${extension}`
      // First the file, so that nobody is sent to one that is not there.
      let isShown = false
      try {
        await files.write(file, bytes)
        await transaction(async () => {
          await store.lock()
          await store.discard(slot)
          await store.insert({ file, slot, mediaType, hash: hashOf(bytes), createdAt: clock.now() })
          await audit.record(event, actor.origin)
          // From here on the commit decides, and whether it failed may be unknown.
          isShown = true
        })
      } catch (error) {
        // A write that failed may have been done all the same.
        if (!isShown) await files.remove(file).catch(onError)
        throw error
      }
      await tidy()
    },

    async remove({ slot, event, actor }, evenNone) {
      const found = await transaction(async () => {
        const discarded = await store.discard(slot)
        if (discarded) await audit.record(event, actor.origin)
        return discarded
      })
      if (!found && evenNone === undefined) throw imageNotFound()
      await tidy()
    },

    async forget(...slots) {
      for (const slot of slots) await store.discard(slot)
    },
    removeDiscarded,
  }
}
