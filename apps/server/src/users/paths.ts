export const usersPath = '/settings/admin/users'

export function userPath(id: string): string {
  return `${usersPath}/${encodeURIComponent(id)}`
}
