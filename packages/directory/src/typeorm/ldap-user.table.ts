import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { LdapImportState } from '../ldap/snapshot.ts'

const { boolean, text, uuid } = columns

/** The import state of each user whom LDAP owns. */
export const ldapUserTable: EntitySchema<LdapImportState> = new EntitySchema<LdapImportState>({
  name: 'pocket_ldap_user',
  tableName: 'pocket_ldap_user',
  columns: {
    userId: { ...uuid, name: 'user_id', primary: true },
    dn: text,
    disabledByImport: { ...boolean, name: 'disabled_by_import' },
    enabledManually: { ...boolean, name: 'enabled_by_hand' },
    isImportedAdministrator: { ...boolean, name: 'administrator_by_import' },
    isManualAdministrator: { ...boolean, name: 'administrator_by_hand' },
    pictureHash: { ...text, name: 'picture_hash', nullable: true },
    pictureImage: { ...text, name: 'picture_image', nullable: true },
  },
  foreignKeys: [
    {
      name: 'pocket_ldap_user_of_user',
      target: 'pocket_user',
      columnNames: ['userId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
})
