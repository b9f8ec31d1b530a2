import { webhook } from '@countersign/express'
import express, { type RequestHandler } from 'express'
import { billing } from './billing.js'

const handler: RequestHandler = webhook(billing)
const app = express()
app.post('/webhooks/stripe', handler)
app.post('/webhooks/stripe', webhook(billing))
app.use(
  '/webhooks/stripe',
  webhook(() => billing),
)
app.use(
  express.json({
    verify: (request, _response, bytes) => {
      Object.assign(request, { rawBody: bytes })
    },
  }),
)
