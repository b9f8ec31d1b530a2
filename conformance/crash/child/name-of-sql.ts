const names = new Map<string, string>()

/** A short name of a statement: the same however many rows it takes. */
export function nameOfSql(sql: string): string {
  const known = names.get(sql)
  if (known !== undefined) return known
  const plain = sql
    .replace(/\$\d+/g, '$')
    .replace(/\s+/g, ' ')
    .replace(/(\([^()]*\$[^()]*\))(, ?\([^()]*\$[^()]*\))+/g, '$1')
    .trim()
  const verb = /^[A-Z]+( [A-Z]+)?/i.exec(plain)?.[0].toUpperCase() ?? ''
  const table = /(?:countersign_|pgboss\.)\w+|\bapplication\b/.exec(plain)?.[0]
  const name =
    table === undefined
      ? plain.slice(0, 60)
      : `${verb} ${table.replace('countersign_', '')} ${digest(plain)}`
  names.set(sql, name)
  return name
}

function digest(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(36).padStart(4, '0').slice(-4)
}
