import { handleByHand } from './by-hand.ts'

/** The handler by hand of frameworks that speak the Fetch API. */
export async function respondByHand(request: Request): Promise<Response> {
  const payload = await request.text()
  try {
    handleByHand(payload, request.headers.get('stripe-signature') ?? '')
  } catch (error) {
    return new Response(`Webhook Error: ${String(error)}`, { status: 400 })
  }
  return Response.json({ received: true })
}
