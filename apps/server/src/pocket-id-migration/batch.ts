/** Collects rows and writes them in batches, so that memory does not grow with the source. */
export class Batch<Row> {
  readonly #write: (rows: readonly Row[]) => Promise<void>
  readonly #size: number
  #rows: Row[] = []

  constructor(write: (rows: readonly Row[]) => Promise<void>, size = 500) {
    this.#write = write
    this.#size = size
  }

  async add(row: Row): Promise<void> {
    this.#rows.push(row)
    if (this.#rows.length >= this.#size) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#rows.length === 0) return
    const rows = this.#rows
    this.#rows = []
    await this.#write(rows)
  }
}
