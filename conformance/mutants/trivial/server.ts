// Targets whose webhook route does one thing whatever it is sent. Everything else about
// them is honest, so that only the checks can catch them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createHarness } from '../../src/harness/harness.ts'
import { readProcessEnvironment } from '../../src/target/environment.ts'

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void

const always =
  (status: number): Behaviour =>
  (_, response) => {
    response.writeHead(status).end('{}')
  }

const behaviours: Readonly<Record<string, Behaviour>> = {
  'always-200': always(200),
  'always-400': always(400),
  'always-404': always(404),
  'always-500': always(500),
  echo: (request, response) => {
    response.writeHead(200)
    request.pipe(response)
  },
  hang: () => {},
  'crash-on-first-request': () => process.exit(1),
  'lying-effects': always(200),
  'lying-manifest': always(404),
}

const [name = ''] = process.argv.slice(2)
const behaviour = behaviours[name]
if (behaviour === undefined) throw new Error(`there is no behaviour ${name}`)

const environment = readProcessEnvironment(process.env)
const harness = createHarness(environment, {
  implementation: {
    name,
    version: '0.0.0',
    language: 'typescript',
    // The one that lies about itself calls itself Express and names routes that it does not have.
    framework: name === 'lying-manifest' ? 'express' : 'none',
    frameworkVersion: '0.0.0',
    url: 'https://example.com',
  },
  features: [],
  variants: ['default'],
})

createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://target')
  if (pathname.endsWith('/webhooks/stripe')) {
    behaviour(request, response)
  } else if (name === 'lying-effects' && pathname.endsWith('/effects')) {
    const entry = { eventId: 'evt_1', type: 'invoice.paid', account: null, payload: {} }
    response.writeHead(200).end(JSON.stringify({ attempts: [entry], effects: [entry] }))
  } else if (pathname === '/sibling') {
    response.writeHead(200)
    request.pipe(response)
  } else {
    harness.middleware(request, response, () => response.writeHead(404).end())
  }
}).listen(environment.port, '127.0.0.1')
