import * as net from 'node:net'
import * as tls from 'node:tls'
import { urlToHttpOptions } from 'node:url'

/** Opens a connection to a target, for what no HTTP client would send. */
export function connect(base: URL): net.Socket {
  const host = urlToHttpOptions(base).hostname ?? base.hostname
  return base.protocol === 'https:'
    ? tls.connect({ host, port: Number(base.port || 443), servername: host })
    : net.connect({ host, port: Number(base.port || 80) })
}
