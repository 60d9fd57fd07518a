import type { Slot, StoredImage } from './image.ts'

/** Where it is kept which image is shown where. */
export interface ImageStore {
  find(slot: Slot): Promise<StoredImage | undefined>
  /** The slots that begin with this and have an image. */
  filled(prefix: 'application/'): Promise<readonly StoredImage[]>
  /** The images in these slots, as far as there are any. */
  among(slots: readonly Slot[]): Promise<readonly StoredImage[]>
  /** Until the end of the transaction nobody else writes. */
  lock(): Promise<void>
  insert(image: StoredImage): Promise<void>
  /** Takes the image out of its slot; returns whether there was one. */
  discard(slot: Slot): Promise<boolean>
  /** Images that are shown no longer, at most 100. */
  discarded(): Promise<readonly StoredImage[]>
  remove(file: string): Promise<void>
}
