import { type MmdbOptions, type MmdbValue, writeMmdb } from '@pocket/test-support'

function locationRecord(code: string, country: Names, city?: Names): MmdbValue {
  const names = { iso_code: code, names: country }
  return { country: names, registered_country: names, ...(city && { city: { geoname_id: 1, names: city } }) }
}

type Names = Readonly<Record<string, string>>

/** The layout of MaxMind's databases. */
export const networks: Readonly<Record<string, MmdbValue>> = {
  '81.2.69.0/24': locationRecord(
    'GB',
    { en: 'United Kingdom', de: 'Vereinigtes Königreich', 'pt-BR': 'Reino Unido', 'zh-CN': '英国' },
    { en: 'London', de: 'London', 'pt-BR': 'Londres', 'zh-CN': '伦敦' },
  ),
  '2.125.160.0/24': locationRecord('SE', { en: 'Sweden' }),
  '2a02:d400::/32': locationRecord('DE', { en: 'Germany', de: 'Deutschland' }, { en: 'Munich', de: 'München' }),
  // A database can contain locations of private addresses.
  '10.0.0.0/8': locationRecord('US', { en: 'United States' }),
}

/** A city database in which London has the name `london`. */
export function cityDatabase(london = 'London', options: Partial<MmdbOptions> = {}): Buffer {
  const own = {
    ...networks,
    '81.2.69.0/24': locationRecord('GB', { en: 'United Kingdom' }, { en: london, de: london }),
  }
  return writeMmdb({ type: 'GeoLite2-City', networks: london === 'London' ? networks : own, ...options })
}
