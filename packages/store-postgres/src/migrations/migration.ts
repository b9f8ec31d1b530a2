import type { TableNames } from '../schema/table-names.ts'

/** One step of the schema. Its statements may be run again, and then change nothing. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly statements: (tables: TableNames) => readonly string[]
}
