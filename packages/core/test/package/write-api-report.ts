import { writeFile } from 'node:fs/promises'
import { apiReport, packagesReference, referenceFile, reported, reportFile } from './public-api.ts'

// Script: writes the API reports and the reference of the packages from their built declarations.
for (const name of reported) await writeFile(reportFile(name), await apiReport(name))
await writeFile(referenceFile, await packagesReference())
