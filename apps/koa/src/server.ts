import { webhook } from '@countersign/koa'
import Koa from 'koa'
import { billing } from './billing.ts'

const app = new Koa()

// Above any body parser: a signature is over the bytes that were sent.
app.use(webhook(billing, { path: '/webhooks/stripe' }))

app.use((context) => {
  context.body = 'Webhooks are received at /webhooks/stripe.'
})

const port = Number(process.env.PORT ?? 3000)
const server = app.listen(port, () => {
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  console.log(`listening on http://localhost:${bound}`)
})
