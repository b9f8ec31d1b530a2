/** Whether a text is what a pattern says, in which `*` stands for anything: `payment_intent.*`. */
export function matchesGlob(text: string, pattern: string): boolean {
  const [start = '', ...parts] = pattern.split('*')
  if (parts.length === 0) return text === pattern
  if (!text.startsWith(start)) return false
  const end = parts.pop() ?? ''
  let at = start.length
  for (const part of parts) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - end.length >= at && text.endsWith(end)
}
