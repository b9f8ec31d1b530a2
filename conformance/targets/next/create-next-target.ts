import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { toProcessEnvironment } from '../../src/target/environment.ts'
import type { StartedTarget, Target, TargetEnvironment } from '../../src/target.ts'
import { versionOf } from '../version-of.ts'
import { buildOnce } from './build-once.ts'

/** Everything of the workspace that goes into a build. */
const SOURCES = [
  'packages/{core,next}/{src/**/*.ts,package.json}',
  'conformance/src/{harness,target}/**/*.ts',
  'conformance/src/target.ts',
]

/** A target made of the Next application in a folder: a production server from `next build`. */
export function createNextTarget(dir: string): Target {
  const require = createRequire(join(dir, 'package.json'))
  const { version } = require('next/package.json') as { version: string }
  const target: Target = {
    implementation: {
      name: '@countersign/next',
      version: versionOf('@countersign/next'),
      language: 'typescript',
      framework: 'next',
      frameworkVersion: version,
      url: 'https://nextjs.org',
    },
    features: [],
    variants: ['default'],
    prepare: (onProgress) => buildOnce(dir, `Next ${version}`, SOURCES, onProgress),
    start: (environment) => start(dir, target, environment),
  }
  return target
}

async function start(
  dir: string,
  { implementation, features, variants }: Target,
  environment: TargetEnvironment,
): Promise<StartedTarget> {
  const child = spawn(process.execPath, ['server.js'], {
    cwd: dir,
    env: {
      ...process.env,
      ...toProcessEnvironment(environment),
      CONFORMANCE_TARGET: JSON.stringify({ implementation, features, variants }),
      NODE_ENV: 'production',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const killWithParent = () => child.kill('SIGKILL')
  process.once('exit', killWithParent)
  const exit = once(child, 'exit')
  createInterface({ input: child.stderr }).on('line', environment.log)
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /^listening on (\d+)$/.exec(line)?.[1]
      if (found === undefined) environment.log(line)
      else resolve(found)
    })
    exit.then(([code]) => reject(new Error(`the Next server ended with ${code}`)), reject)
  })
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      process.off('exit', killWithParent)
      child.kill('SIGKILL')
      await exit
    },
  }
}
