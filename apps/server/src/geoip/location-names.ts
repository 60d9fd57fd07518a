import type { Messages } from '../http/messages.ts'
import type { GeoIp } from './geoip.ts'
import { internalNetwork, type Location, lan } from './location.ts'

/** A location as text; empty if unknown. `kept` is a stored earlier location of the IP address. */
export type LocationNames = (ipAddress: string | null, stored?: Location) => string

export function locationNames(places: GeoIp, { text, language }: Messages): LocationNames {
  return (ipAddress, stored = places.locate(ipAddress)) => {
    if (stored.country === internalNetwork) return stored.city === lan.city ? text('place.internal') : stored.city
    const { city, country } = places.inLanguage(stored, ipAddress, language)
    return [city, country].filter((part) => part !== '').join(', ')
  }
}
