import { templateLogos } from '../../../src/clients/generated/template-logos.ts'
import { templates } from '../../../src/clients/templates/templates.ts'
import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, listOf, now } from './common.ts'

const clientNew = {
  view: 'client-new',
  viewer: anna,
  template: { id: 'immich', name: 'Immich', example: 'https://photos.example.com' },
  values: { name: 'Immich', address: '', redirectUris: [], operator: '', id: '', isPublic: false },
  isGroupRestricted: true,
  problems: [],
  warning: null,
  port: 2283,
} as const

const item = {
  picture: null,
  destination: 'photos.example.com',
  groups: null,
  pkce: 'required',
  isPublic: false,
  isSelfRegistered: false,
  lastAttempt: { at: now - 60_000, succeeded: true },
  createdAt: now - day,
} as const

const list = listOf('/settings/admin/oidc-clients', ['name', 'access', 'lastAttempt', 'pkce', 'id', 'created'], 43)

const noClients = {
  view: 'clients',
  viewer: anna,
  list: { ...list, total: 0 },
  clients: [],
  notice: null,
  isSetUp: true,
} as const

/** The list of clients, and the page that creates one. */
export const clientsStates: Readonly<Record<string, PageModel>> = {
  clients: {
    view: 'clients',
    viewer: anna,
    list: {
      ...list,
      columns: list.columns.slice(0, 3),
      filters: [{ name: 'isGroupRestricted', values: ['true', 'false'], chosen: '' }],
    },
    clients: [
      { ...item, id: '5b1c8f2e-3f0a-4a57-9d3c-5a8e0a6b7c11', name: 'Immich' },
      { ...item, id: '2', name: 'Synology DSM', destination: 'nas.example.com:5001', groups: 2, pkce: 'optional' },
      {
        ...item,
        id: '3',
        name: 'A wiki with a name that goes on for as long as names may go on',
        destination: null,
        groups: 0,
        lastAttempt: null,
        pkce: 'seen',
      },
      {
        ...item,
        id: 'https://app.example.com/client.json',
        name: 'Notes',
        isPublic: true,
        isSelfRegistered: true,
        lastAttempt: { at: now - day, succeeded: false },
      },
    ],
    notice: { done: 'delete', count: 1, names: ['Grafana'], refused: [], refusedCount: 0, unchanged: 0, skipped: 2 },
    isSetUp: false,
  },
  'clients-none': noClients,
  'clients-nothing-found': {
    ...noClients,
    list: { ...list, total: 0, search: 'x', applied: [{ name: 'search', value: 'x', without: '?' }] },
    notice: { done: 'nothing', count: 0, names: [], refused: [], refusedCount: 0, unchanged: 0, skipped: 0 },
    isSetUp: false,
  },
  'clients-delete': {
    view: 'confirm',
    viewer: anna,
    within: 'clients',
    confirmation: {
      act: 'clients.delete',
      names: ['Immich', 'Wiki'],
      count: 2,
      submitTo: '/settings/admin/oidc-clients/bulk',
      fields: [],
      isDangerous: true,
    },
    cancelTo: '/settings/admin/oidc-clients',
  },
  'clients-bulk-refused': {
    view: 'confirm',
    viewer: anna,
    within: 'clients',
    confirmation: {
      ...{ act: 'clients.delete', names: [], count: 0, submitTo: '/settings/admin/oidc-clients/bulk', fields: [] },
      progress: { done: 500, total: 500 },
      refused: Array.from({ length: 30 }, (_, number) => ({ name: `Wiki ${number}`, code: 'client_not_found' })),
      isDangerous: true,
    },
    cancelTo: '/settings/admin/oidc-clients',
  },
  'client-choose': {
    view: 'client-choose',
    viewer: anna,
    search: '',
    templates: templates.map(({ id, name }) => ({ id, name, isListed: true, logo: templateLogos.get(id) ?? null })),
  },
  'client-choose-none': {
    view: 'client-choose',
    viewer: anna,
    search: 'nothing',
    templates: templates.map(({ id, name }) => ({ id, name, isListed: false, logo: null })),
  },
  'client-new': clientNew,
  'client-new-warning': {
    ...clientNew,
    values: { ...clientNew.values, address: 'http://192.168.1.5:2284' },
    warning: { code: 'insecure', address: 'http://192.168.1.5:2284' },
  },
  'client-new-dsm': {
    ...clientNew,
    template: { id: 'synology-dsm', name: 'Synology DSM', example: 'https://nas.example.com:5001' },
    values: { ...clientNew.values, name: 'Synology DSM' },
  },
  'client-new-refused': {
    ...clientNew,
    template: null,
    values: {
      ...clientNew.values,
      name: '',
      redirectUris: ['https://photos.example.com/auth/login', 'photos.example.com/cb', 'https://h/#x'],
      id: 'photos',
    },
    problems: [
      { field: 'name', code: 'required', message: '' },
      { field: 'redirectUris[1]', code: 'invalid', message: '' },
      { field: 'redirectUris[2]', code: 'fragment', message: '' },
      { field: 'id', code: 'already_in_use', message: '' },
    ],
  },
}
