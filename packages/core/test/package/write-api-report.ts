import { writeFile } from 'node:fs/promises'
import { apiReport, reported, reportFile } from './public-api.ts'

// Script: writes the API report of the packages from their built declarations.
for (const name of reported) await writeFile(reportFile(name), await apiReport(name))
