import { join } from 'node:path'
import chromium, { inflate } from '@sparticuz/chromium'

// A program that unpacks the browser, its fonts and the libraries of `@sparticuz/chromium` into the temporary directory. Its
// argument is the folder with the package's archives.

const archives = process.argv[2]
if (archives === undefined) throw new Error('the folder with the archives is missing')
await chromium.executablePath(archives)
await inflate(join(archives, 'al2023.tar.br'))
