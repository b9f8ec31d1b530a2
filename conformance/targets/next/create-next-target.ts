import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { StartedTarget, Target, TargetEnvironment } from '../../src/target.ts'
import { spawnServer } from '../spawn-server.ts'
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

function start(
  dir: string,
  { implementation, features, variants }: Target,
  environment: TargetEnvironment,
): Promise<StartedTarget> {
  const env = {
    CONFORMANCE_TARGET: JSON.stringify({ implementation, features, variants }),
    NODE_ENV: 'production',
  }
  return spawnServer(['server.js'], environment, { cwd: dir, env })
}
