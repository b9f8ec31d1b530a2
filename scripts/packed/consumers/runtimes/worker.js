import { createReceiver } from './receiver.js'

if ('process' in globalThis) {
  throw new Error("this workerd brings Node's API along: switch it off in workerd.capnp")
}

let receive

const worker = {
  fetch(request, { CONFORMANCE_TOKEN, STRIPE_WEBHOOK_SECRETS }) {
    receive ??= createReceiver({
      token: CONFORMANCE_TOKEN,
      webhookSecrets: STRIPE_WEBHOOK_SECRETS.split(','),
    })
    return receive(request)
  },
}

// biome-ignore lint/style/noDefaultExport: workerd demands one
export default worker
