import { writeFile } from 'node:fs/promises'
import { bundledPageScript, generatedFile } from './bundle-page-script.ts'

// Script: bundles the code of the default sign-in page.
await writeFile(generatedFile, await bundledPageScript())
