/** How the indices of an installation are called. */
export interface IndexNames {
  /** Where mentions are: read without the filter, for those who write. */
  readonly mentions: string
  /** The filtered alias: what may be shown. */
  readonly shown: string
  readonly template: string
  readonly authors: string
}

/** `namespace` lets two installations share servers. */
export const indexNames = (namespace: string): IndexNames => ({
  mentions: `${namespace}-mentions-v1`,
  shown: `${namespace}-mentions`,
  template: `${namespace}-mentions`,
  authors: `${namespace}-authors-v1`,
})

export const tableName = (namespace: string, table: string): string => `${namespace}-table-${table}`
