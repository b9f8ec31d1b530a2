import type { Answer } from '../server/answer.ts'
import type { ApiRequest } from '../server/read-request.ts'
import type { World } from '../state/world.ts'
import { closedPage } from './closed-page.ts'
import { getAuthentication, postAuthentication } from './handle-authentication.ts'
import { getCheckout, postCheckout } from './handle-checkout.ts'
import { pageAnswer } from './page-answer.ts'

/** Answers the pages for people, `/c/pay/…` and `/3ds/…`; `undefined` for any other path. */
export function handlePage(request: ApiRequest, world: World): Answer | undefined {
  const [, kind, id = ''] = /^\/(c\/pay|3ds)\/([^/]+)$/.exec(request.path) ?? []
  if (kind === undefined) return undefined
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
    const answer = pageAnswer(
      405,
      nothing('This page is only to be read, or its form sent.'),
    )
    return { ...answer, headers: { ...answer.headers, allow: 'GET, HEAD, POST' } }
  }
  const isSent = method === 'POST'
  for (const account of world.accounts()) {
    if (kind === '3ds') {
      const intent = account.paymentIntents.find(id) ?? account.setupIntents.find(id)
      if (intent === undefined) continue
      return isSent
        ? postAuthentication(account, intent, request.body.toString())
        : getAuthentication(account, intent)
    }
    const session = account.checkoutSessions.find(id)
    if (session === undefined) continue
    return isSent
      ? postCheckout(account, session, request.body.toString())
      : getCheckout(account, session)
  }
  return pageAnswer(
    404,
    nothing(
      'The emulator does not know it. It forgets everything when it ends or is reset.',
    ),
  )
}

function nothing(text: string): string {
  return closedPage({
    title: 'There is nothing here',
    mark: { text: 'Not found', isGood: false },
    text,
    link: undefined,
  })
}
