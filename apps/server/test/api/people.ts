import type { Answer, CalledInstance } from './calls.ts'

let count = 0

/** A user name that is not in use. */
export function freshName(): string {
  count += 1
  return `person${count}`
}

/** Creates a user through the API; `fields` extend or replace a unique name and e-mail address. */
export async function createPerson(
  instance: CalledInstance,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<Answer & { readonly id: string }> {
  const username = freshName()
  const body = { username, email: `${username}@example.com`, ...fields }
  const response = await instance.call('POST /api/users', { body })
  return { ...response, id: String(response.json.id) }
}
