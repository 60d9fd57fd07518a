import { InvalidInputError, NotFoundError, PayloadTooLargeError, UnsupportedMediaTypeError } from '@pocket/core/errors'

const disjunction = new Intl.ListFormat('en', { type: 'disjunction' })

/** The content is not a readable image. */
export function invalidImage(reason: string, cause?: unknown): InvalidInputError {
  return new InvalidInputError('invalid_image', `The image cannot be used: ${reason}.`, { cause })
}

export function unsupportedImage(formats: readonly string[]): UnsupportedMediaTypeError {
  const supportedFormats = disjunction.format(formats)
  return new UnsupportedMediaTypeError(
    'file_type_not_supported',
    `This kind of file is not supported; send ${supportedFormats}.`,
    {
      details: { expected_file_type: supportedFormats },
    },
  )
}

export function fileTooLarge(maxBytes: number): PayloadTooLargeError {
  const size = `${maxBytes / 1024 / 1024} MiB`
  return new PayloadTooLargeError('file_too_large', `The file is larger than ${size}.`, { details: { max_size: size } })
}

export function imageNotFound(): NotFoundError {
  return new NotFoundError('image_not_found', 'There is no such image.')
}
