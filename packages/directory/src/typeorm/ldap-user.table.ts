import { cascadingKey, columns, defineTable } from '@pocket/core/internal/sql'
import type { LdapImportState } from '../ldap/snapshot.ts'

const { boolean, nullable, primary, text, uuid } = columns

export const ldapUserTable = defineTable<LdapImportState>('pocket_ldap_user', {
  columns: {
    userId: primary(uuid),
    dn: text,
    disabledByImport: boolean,
    enabledManually: { ...boolean, name: 'enabled_by_hand' },
    isImportedAdministrator: { ...boolean, name: 'administrator_by_import' },
    isManualAdministrator: { ...boolean, name: 'administrator_by_hand' },
    pictureHash: nullable(text),
    pictureImage: nullable(text),
  },
  foreignKeys: [cascadingKey('pocket_ldap_user_of_user', { property: 'userId', table: 'pocket_user' })],
})
