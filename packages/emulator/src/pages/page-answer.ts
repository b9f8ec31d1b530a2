import type { Answer } from '../server/answer.ts'
import { STYLE_SOURCE } from './page-style.ts'

/**
 * What a page may load and where it may send to. Forms are sent to the emulator only, but
 * browsers hold what they are redirected to against the same rule: an application's own page.
 */
const POLICY: string = [
  "default-src 'none'",
  `style-src ${STYLE_SOURCE}`,
  'img-src data:',
  "form-action 'self' http: https:",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

export function pageAnswer(status: number, body: string): Answer {
  return {
    status,
    headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' },
    body,
  }
}

/** Sends a browser on after it has sent a form, so that to reload sends nothing again. */
export function seeOther(location: string): Answer {
  return { status: 303, headers: { ...HEADERS, location: encoded(location) }, body: '' }
}

/** A header has no room for what else an application's URL may hold. */
function encoded(url: string): string {
  return url.replaceAll(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character))
}
