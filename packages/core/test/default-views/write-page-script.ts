import { writeFile } from 'node:fs/promises'
import { bundledPageScript, generatedFile } from './bundle-page-script.ts'

// A program: bundles what runs on the default sign-in page.
await writeFile(generatedFile, await bundledPageScript())
