import { homeTemplates } from './home.ts'
import { machineTemplates } from './machines.ts'
import type { ClientTemplate } from './template.ts'
import { workTemplates } from './work.ts'

/** A NAS has a page of its own: it is given an origin and nothing else, and says what it wants in words of its own. */
export const synologyDsm: ClientTemplate = {
  id: 'synology-dsm',
  name: 'Synology DSM',
  example: 'https://nas.example.com:5001',
  port: 5001,
  redirectUris: ['{address}'],
  where: [],
  entries: [],
}

/** What a client can be made from, by name, after the one that most people come for. */
export const templates: readonly ClientTemplate[] = [
  synologyDsm,
  ...[...homeTemplates, ...workTemplates, ...machineTemplates].sort((a, b) => a.name.localeCompare(b.name, 'en')),
]

export function templateOf(id: string | null): ClientTemplate | null {
  return templates.find((template) => template.id === id) ?? null
}

/** Those with all of these words in their name, whatever the case of the letters. */
export function templatesMatching(search: string): readonly ClientTemplate[] {
  const words = search.toLowerCase().split(/\s+/)
  return templates.filter(({ id, name }) => words.every((word) => `${id} ${name}`.toLowerCase().includes(word)))
}
