import type { TargetResult } from './http/run-target.ts'
import type { TaskResult } from './verifier/worker.ts'

/** How the fuzz is called in the commands that it prints. */
const COMMAND = 'npm run fuzz --'
/** Of one body or message; the command brings back the rest. */
const SHOWN_BYTES = 4_096

/** A case on which the reference and something else differ, in full, and the command that runs it again. */
export function describeDifference({ task, failure }: TaskResult): string {
  if (failure === undefined) return ''
  const { header, body, secrets, now, toleranceSeconds } = failure.smallest
  return [
    `✗ ${failure.problem}`,
    '  the smallest case:',
    `    header     ${JSON.stringify(header) ?? 'none'}`,
    `    body       ${body.length} bytes: ${printable(body)}`,
    `    in base64  ${Buffer.from(body.subarray(0, SHOWN_BYTES)).toString('base64')}`,
    `    secrets    ${JSON.stringify(secrets)}`,
    `    now        ${now} ms, tolerance ${toleranceSeconds} s`,
    `  again: ${COMMAND} --only verifier --subject ${task.subject} --seed ${task.seed} --path ${failure.path}`,
  ].join('\n')
}

/** What a target has done wrong, with the bytes that were sent, and the command that sends them again. */
export function describeViolation(
  { subject, violation, index }: TargetResult,
  seed: number,
): string {
  if (violation === undefined) return ''
  const { problem, subject: smallest, conversation } = violation
  const lines = [`✗ ${subject.name}: ${problem}`]
  if (smallest !== undefined) {
    const { steps, delivery } = smallest
    lines.push(
      `  steps: ${steps.map(({ name }) => name).join(', ') || 'none'}`,
      `  sent in ${delivery.segments.length} parts, then: ${delivery.ending}`,
      ...printable(Buffer.concat(delivery.segments)).split(/(?<=\\n)/),
      '  answered:',
      ...printable(Buffer.from(conversation?.text ?? '', 'latin1')).split(/(?<=\\n)/),
    )
  }
  const place = index === undefined ? '' : ` --case ${index}`
  lines.push(
    `  again: ${COMMAND} --only http --target ${subject.name} --seed ${seed}${place}`,
  )
  return lines.join('\n')
}

function printable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString('latin1')
  const escaped = text.replaceAll(/[^ -[\]-~]/g, (character) => {
    const named = { '\r': '\\r', '\n': '\\n', '\\': '\\\\' }[character]
    return named ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  const rest = bytes.length - SHOWN_BYTES
  return rest > 0 ? `${escaped}… and ${rest} bytes more` : escaped
}
