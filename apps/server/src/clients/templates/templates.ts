import { homeTemplates } from './home.ts'
import { machineTemplates } from './machines.ts'
import type { ClientTemplate } from './template.ts'
import { workTemplates } from './work.ts'

/** Synology DSM has its own form because it needs only an origin and shows its own instructions. */
export const synologyDsm: ClientTemplate = {
  id: 'synology-dsm',
  name: 'Synology DSM',
  example: 'https://nas.example.com:5001',
  port: 5001,
  redirectUris: ['{address}'],
  where: [],
  entries: [],
}

/** An application without OpenID Connect: its page shows the configuration of its proxy. */
export const protectedSite: ClientTemplate = {
  id: 'protected-site',
  name: 'Protected site',
  example: 'https://wiki.example.com',
  redirectUris: [],
  where: [],
  entries: [],
}

/** Client templates sorted by name, after the most requested one. */
export const templates: readonly ClientTemplate[] = [
  synologyDsm,
  protectedSite,
  ...[...homeTemplates, ...workTemplates, ...machineTemplates].sort((a, b) => a.name.localeCompare(b.name, 'en')),
]

export function templateOf(id: string | null): ClientTemplate | null {
  return templates.find((template) => template.id === id) ?? null
}

/** Templates whose name contains all of these words, ignoring case. */
export function templatesMatching(search: string): readonly ClientTemplate[] {
  const searchTerms = search.toLowerCase().split(/\s+/)
  return templates.filter(({ id, name }) => searchTerms.every((term) => `${id} ${name}`.toLowerCase().includes(term)))
}
