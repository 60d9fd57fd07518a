/** Stores bytes by name. Names consist of letters, digits, `-`, `.`, and `/` as a separator. */
export interface FileStore {
  /** Returns `undefined` if the file does not exist. */
  read(name: string): Promise<Buffer | undefined>
  /** Replaces an existing file atomically. */
  write(name: string, bytes: Buffer): Promise<void>
  /** Does nothing if the file does not exist. */
  remove(name: string): Promise<void>
}
