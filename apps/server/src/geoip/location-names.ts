import type { Messages } from '../http/messages.ts'
import type { GeoIp } from './geoip.ts'
import { internalNetwork, lan, type Place } from './location.ts'

/** A place in words; empty where it is not known. `kept` is what was known of the address at some time, if it was kept. */
export type LocationNames = (ipAddress: string | null, kept?: Place) => string

export function locationNames(places: GeoIp, { text, language }: Messages): LocationNames {
  return (ipAddress, kept = places.of(ipAddress)) => {
    if (kept.country === internalNetwork) return kept.city === lan.city ? text('place.internal') : kept.city
    const { city, country } = places.inLanguage(kept, ipAddress, language)
    return [city, country].filter((part) => part !== '').join(', ')
  }
}
