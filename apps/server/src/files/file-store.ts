/** Keeps bytes under names: letters, digits, `-`, `.` and `/` between them. */
export interface FileStore {
  /** `undefined` where there is no such file. */
  read(name: string): Promise<Buffer | undefined>
  /** Takes the place of what was there; nobody ever reads a half of it. */
  write(name: string, bytes: Buffer): Promise<void>
  /** What is not there is removed already. */
  remove(name: string): Promise<void>
}
