import type { DueKind } from '@countersign/core'

/** Where processes tell each other that something has become due. */
export type Channel = string | undefined

/**
 * Columns that tell the other processes what has become due, when the transaction commits.
 * Nothing without a channel: PostgreSQL lets transactions that notify commit one after the other.
 */
export function toldSql(
  channel: Channel,
  conditions: { readonly [kind in DueKind]?: string | undefined },
): string {
  if (channel === undefined) return ''
  return Object.entries(conditions)
    .filter(([, condition]) => condition !== undefined)
    .map(
      ([kind, condition]) =>
        `, CASE WHEN ${condition} THEN (SELECT pg_notify('${channel}', '${kind}')) END AS told_${kind}`,
    )
    .join('')
}
