// Shared by all examples: the URL, the secret, and the users of the service.
export const port = Number(process.env.PORT ?? 3000)
export const origin = `http://localhost:${port}`
export const masterKey = process.env.MASTER_KEY ?? 'for development: 16 bytes or more'

const people = new Map([
  [
    'ada',
    { id: 'ada', userName: 'ada', displayName: 'Ada Koch', email: 'ada@example.com', extra: { department: 'Radio' } },
  ],
])
export const accounts = { find: async (id) => people.get(id) }
