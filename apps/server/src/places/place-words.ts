import type { Messages } from '../http/messages.ts'
import { internalNetwork, lan, type Place } from './place.ts'
import type { Places } from './places.ts'

/** A place in words; empty where it is not known. `kept` is what was known of the address at some time, if it was kept. */
export type PlaceWords = (ipAddress: string | null, kept?: Place) => string

export function placeWords(places: Places, { text, language }: Messages): PlaceWords {
  return (ipAddress, kept = places.of(ipAddress)) => {
    if (kept.country === internalNetwork) return kept.city === lan.city ? text('place.internal') : kept.city
    const { city, country } = places.inLanguage(kept, ipAddress, language)
    return [city, country].filter((part) => part !== '').join(', ')
  }
}
