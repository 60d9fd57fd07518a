/**
 * Users for `@pocket/core`.
 *
 * @module
 */
export { createDirectory, type Directory, type DirectoryPorts, type UserRights } from './directory.ts'
export { type NewUser, newUser } from './users/create-user.ts'
export type { User } from './users/user.ts'
export { nameKey, type UniqueProperty, type UserStore } from './users/user-store.ts'
