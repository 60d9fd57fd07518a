import type { BitmapFormat } from './bitmap.ts'

/** The metadata in the container of an image, read without decoding. */
export interface ImageStructure {
  /** The offset after the last byte of the image. */
  readonly end: number
  readonly frames: number
  readonly hasMetadata: boolean
}

/** The structure of an image, or `undefined` if it is damaged or its format has no reader. */
export function readStructure(bytes: Buffer, kind: BitmapFormat): ImageStructure | undefined {
  try {
    return readers[kind]?.(bytes)
  } catch {
    // A read after the end of the file: the image is truncated.
    return undefined
  }
}

const readers: Readonly<Partial<Record<BitmapFormat, (bytes: Buffer) => ImageStructure>>> = {
  png: readPng,
  jpeg: readJpeg,
  gif: readGif,
  webp: readWebp,
  avif: readAvif,
}

/** PNG (Third Edition) §5: chunks up to IEND. */
function readPng(bytes: Buffer): ImageStructure {
  let frames = 0
  let hasMetadata = false
  for (let offset = 8; ; ) {
    const length = bytes.readUInt32BE(offset)
    const type = latin1(bytes, offset + 4, 4)
    if (type === 'fcTL') frames += 1
    if (type === 'eXIf' || (/^[tzi][TE]Xt$/.test(type) && metadataKeyword.test(latin1(bytes, offset + 8, 24))))
      hasMetadata = true
    offset += 12 + length
    if (type === 'IEND') return { end: offset, frames: Math.max(frames, 1), hasMetadata }
  }
}

/** The keywords of texts that contain XMP, and those in which ImageMagick stores EXIF and XMP. */
const metadataKeyword = /^(XML:com\.adobe\.xmp|Raw profile type )/i

/** ITU-T T.81 annex B: marker segments up to EOI. */
function readJpeg(bytes: Buffer): ImageStructure {
  let hasMetadata = false
  for (let offset = 2; ; ) {
    if (bytes.readUInt8(offset) !== 0xff) throw new RangeError('A marker was expected.')
    const marker = bytes.readUInt8(offset + 1)
    if (marker === 0xd9) return { end: offset + 2, frames: 1, hasMetadata }
    if (marker === 0xff) offset += 1
    else if (marker === 0x01 || isRestart(marker)) offset += 2
    else {
      // APP1 contains EXIF or XMP, and APP13 can contain both.
      if (marker === 0xe1 || marker === 0xed) hasMetadata = true
      offset += 2 + bytes.readUInt16BE(offset + 2)
      if (marker === 0xda) offset = endOfScan(bytes, offset)
    }
  }
}

function endOfScan(bytes: Buffer, start: number): number {
  for (let offset = bytes.indexOf(0xff, start); offset >= 0; offset = bytes.indexOf(0xff, offset)) {
    const next = bytes.readUInt8(offset + 1)
    if (next !== 0 && next !== 0xff && !isRestart(next)) return offset
    offset += next === 0xff ? 1 : 2
  }
  throw new RangeError('The scan does not end.')
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7
}

/** GIF89a §12 to §27: blocks up to the trailer. */
function readGif(bytes: Buffer): ImageStructure {
  let frames = 0
  let hasMetadata = false
  for (let offset = 13 + colorTableLength(bytes.readUInt8(10)); ; ) {
    const introducer = bytes.readUInt8(offset)
    if (introducer === 0x3b) return { end: offset + 1, frames, hasMetadata }
    if (introducer === 0x2c) {
      frames += 1
      offset = endOfBlocks(bytes, offset + 11 + colorTableLength(bytes.readUInt8(offset + 9)))
    } else if (introducer === 0x21) {
      if (latin1(bytes, offset + 3, 8) === 'XMP Data') hasMetadata = true
      offset = endOfBlocks(bytes, offset + 2)
    } else throw new RangeError('A block was expected.')
  }
}

function colorTableLength(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 6 << (flags & 7)
}

function endOfBlocks(bytes: Buffer, start: number): number {
  let offset = start
  for (let length = bytes.readUInt8(offset); length > 0; length = bytes.readUInt8(offset)) offset += 1 + length
  return offset + 1
}

/** RFC 9649 §2: a RIFF file of chunks with even lengths. */
function readWebp(bytes: Buffer): ImageStructure {
  const end = 8 + bytes.readUInt32LE(4)
  const types: string[] = []
  let offset = 12
  while (offset < end) {
    const length = bytes.readUInt32LE(offset + 4)
    types.push(latin1(bytes, offset, 4))
    offset += 8 + length + (length % 2)
  }
  if (offset !== end) throw new RangeError('A chunk is longer than the file.')
  const frames = types.filter((type) => type === 'ANMF').length
  return { end, frames: Math.max(frames, 1), hasMetadata: types.includes('EXIF') || types.includes('XMP ') }
}

/** ISO/IEC 14496-12 §4.2: boxes. An image sequence (`moov`) has no reader. */
function readAvif(bytes: Buffer): ImageStructure {
  let hasMetadata = false
  let offset = 0
  while (offset < bytes.length) {
    const length = bytes.readUInt32BE(offset)
    const type = latin1(bytes, offset + 4, 4)
    if (length < 8 || !['ftyp', 'meta', 'mdat'].includes(type)) throw new RangeError('An unknown box.')
    const box = bytes.subarray(offset, offset + length)
    if (type === 'meta' && (box.includes('Exif') || box.includes('rdf+xml'))) hasMetadata = true
    offset += length
  }
  return { end: offset, frames: 1, hasMetadata }
}

function latin1(bytes: Buffer, start: number, length: number): string {
  return bytes.toString('latin1', start, start + length)
}
