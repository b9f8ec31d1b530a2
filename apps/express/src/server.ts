import { webhook } from '@countersign/express'
import express from 'express'
import { billing } from './billing.ts'

const app = express()

// Above express.json(): a signature is over the bytes that were sent.
app.post('/webhooks/stripe', webhook(billing))

app.use(express.json())
app.get('/', (_request, response) => {
  response.send('Webhooks are received at /webhooks/stripe.')
})

const port = Number(process.env.PORT ?? 3000)
const server = app.listen(port, () => {
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  console.log(`listening on http://localhost:${bound}`)
})
