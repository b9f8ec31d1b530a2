import { styleText } from 'node:util'
import type { Emulator } from '../../server/emulator.ts'
import { DEFAULT_URL } from '../remote/default-url.ts'
import type { StartFlags } from './start-flags.ts'

/** What somebody has to know of an emulator that has started. */
export interface Announcement {
  readonly notice: string
  readonly url: string
  readonly secretKey: string
  readonly publishableKey: string
  readonly stripeConfig: Emulator['stripeConfig']
  /** `null` when nothing is forwarded. It is printed here and never again. */
  readonly webhookSecret: string | null
  readonly forwardTo: string | null
  readonly clock: string
  readonly isFrozen: boolean
  readonly pages: { readonly checkout: string; readonly threeDSecure: string }
}

export function announcementOf(
  { url, secretKey, publishableKey, stripeConfig, clock }: Emulator,
  { forwardTo, seed, frozen = seed !== undefined }: StartFlags,
  secret: string,
): Announcement {
  return {
    notice:
      "An emulator of Stripe, scripted from Stripe's documentation. It is not Stripe.",
    url,
    secretKey,
    publishableKey,
    stripeConfig,
    webhookSecret: forwardTo === undefined ? null : secret,
    forwardTo: forwardTo ?? null,
    clock: clock.now().toISOString(),
    isFrozen: frozen,
    pages: { checkout: `${url}/c/pay/cs_test_…`, threeDSecure: `${url}/3ds/pi_…` },
  }
}

/** For people. Colours only on a terminal, and not with NO_COLOR. */
export function bannerOf(announcement: Announcement, version: string): string {
  const { url, stripeConfig, forwardTo, webhookSecret, pages } = announcement
  const bold = (text: string) => styleText('bold', text)
  const where = url === DEFAULT_URL ? '' : ` --url ${url}`
  const { host, port, protocol } = stripeConfig
  const lines = [
    `countersign-emulator ${version}`,
    bold(announcement.notice),
    '',
    `  ${bold(url)}`,
    `  its clock ${announcement.isFrozen ? 'stands at' : 'goes on from'} ${announcement.clock}: countersign-emulator clock advance 1mo${where}`,
    '',
    'Paste into the environment of your application:',
    '',
    `  STRIPE_SECRET_KEY=${announcement.secretKey}`,
    `  STRIPE_PUBLISHABLE_KEY=${announcement.publishableKey}`,
    ...(webhookSecret === null ? [] : [`  STRIPE_WEBHOOK_SECRET=${webhookSecret}`]),
    '',
    'and lead its client here:',
    '',
    `  new Stripe(process.env.STRIPE_SECRET_KEY, { host: '${host}', port: ${port}, protocol: '${protocol}' })`,
    '',
    `Checkout        ${pages.checkout}  the url of a Checkout Session`,
    `3D Secure       ${pages.threeDSecure}  where next_action redirects to`,
    `What it models  countersign-emulator coverage${where}`,
    forwardTo === null
      ? 'Webhooks        to what the API registers; --forward-to sends all of them to a URL'
      : `Webhooks        to ${forwardTo}`,
    '',
  ]
  return lines.join('\n')
}
