import type { Slot, StoredImage } from './image.ts'

/** Stores which image is in which slot. */
export interface ImageStore {
  find(slot: Slot): Promise<StoredImage | undefined>
  /** The images in slots with this prefix. */
  listByPrefix(prefix: 'application/'): Promise<readonly StoredImage[]>
  /** The images in these slots; empty slots are omitted. */
  listBySlots(slots: readonly Slot[]): Promise<readonly StoredImage[]>
  /** Locks the store against other writers until the end of the transaction. */
  lock(): Promise<void>
  insert(image: StoredImage): Promise<void>
  /** Removes the image from its slot; returns whether there was one. */
  discard(slot: Slot): Promise<boolean>
  /** Images without a slot, at most 100. */
  listDiscarded(): Promise<readonly StoredImage[]>
  remove(file: string): Promise<void>
}
