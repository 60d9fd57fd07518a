/** The areas that an API key can be limited to, each with read and write access. */
export const areas = ['account', 'users', 'groups', 'clients', 'settings', 'audit'] as const
export type Area = (typeof areas)[number]

/** Read or write access to one area of the API. Neither includes the other. */
export type ApiKeyScope = `${'read' | 'write'}:${Area}`

export const apiKeyScopes: readonly ApiKeyScope[] = areas.flatMap((area) => [`read:${area}`, `write:${area}`] as const)
