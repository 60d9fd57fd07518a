import { InvalidInput, NotFound, TooLarge, UnsupportedMedia } from '@pocket/core/errors'

/** The content is not a readable image. */
export function invalidImage(why: string, cause?: unknown): InvalidInput {
  return new InvalidInput('invalid_image', `The image cannot be used: ${why}.`, { cause })
}

export function unsupportedImage(expected: string): UnsupportedMedia {
  return new UnsupportedMedia('file_type_not_supported', `This kind of file is not supported; send ${expected}.`, {
    details: { expected_file_type: expected },
  })
}

export function fileTooLarge(maxBytes: number): TooLarge {
  const size = `${maxBytes / 1024 / 1024} MiB`
  return new TooLarge('file_too_large', `The file is larger than ${size}.`, { details: { max_size: size } })
}

export function imageNotFound(): NotFound {
  return new NotFound('image_not_found', 'There is no such image.')
}
