import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import {
  MODULE,
  VERSION_FLAGS,
} from '../../packages/stripe-mock/src/find/install-with-go.ts'
import { type Platform, packageNameOf } from './platforms.ts'

const run = promisify(execFile)

/**
 * Cross-compiles the pinned stripe-mock for one platform and writes the npm package that
 * holds it, with stripe-mock's own license.
 *
 * @param folder The package's folder, made if it is missing.
 * @param version The version of `@countersign/stripe-mock` that it belongs to.
 */
export async function buildPlatformPackage(
  platform: Platform,
  folder: string,
  version: string,
): Promise<void> {
  const modules = (await run('go', ['env', 'GOMODCACHE'])).stdout.trim()
  // Go refuses GOBIN for another platform, and keeps such builds in a folder below GOPATH.
  const gopath = await mkdtemp(join(tmpdir(), 'countersign-go-'))
  try {
    await run('go', ['install', '-trimpath', '-ldflags', VERSION_FLAGS, MODULE], {
      env: {
        ...process.env,
        CGO_ENABLED: '0',
        GOARCH: platform.goarch,
        GOBIN: '',
        GOMODCACHE: modules,
        GOOS: platform.goos,
        GOPATH: gopath,
      },
    })
    const file = platform.os === 'win32' ? 'stripe-mock.exe' : 'stripe-mock'
    await mkdir(folder, { recursive: true })
    await copyFile(await findBuilt(join(gopath, 'bin'), file), join(folder, file))
    await copyFile(join(modules, MODULE, 'LICENSE'), join(folder, 'LICENSE'))
    await writeFile(join(folder, 'package.json'), manifestOf(platform, file, version))
    await writeFile(join(folder, 'README.md'), readmeOf(platform))
  } finally {
    await rm(gopath, { recursive: true })
  }
}

/** In `bin` for this machine's own platform, in a folder below it for any other. */
async function findBuilt(bin: string, file: string): Promise<string> {
  const found = (await readdir(bin, { recursive: true })).find((path) =>
    path.endsWith(file),
  )
  if (found === undefined) throw new Error(`go install left no ${file} in ${bin}`)
  return join(bin, found)
}

function manifestOf({ os, cpu }: Platform, file: string, version: string): string {
  const repository = process.env.GITHUB_REPOSITORY
  const manifest = {
    name: packageNameOf({ os, cpu }),
    version,
    description: `The stripe-mock binary for ${os} on ${cpu}, for @countersign/stripe-mock`,
    license: 'MIT',
    os: [os],
    cpu: [cpu],
    files: [file],
    preferUnplugged: true,
    publishConfig: { access: 'public' },
    ...(repository !== undefined && {
      repository: { type: 'git', url: `git+https://github.com/${repository}.git` },
    }),
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

function readmeOf({ os, cpu }: Platform): string {
  return `# ${packageNameOf({ os, cpu })}\n\nThe binary of [stripe-mock](https://github.com/stripe/stripe-mock) for ${os} on ${cpu}, built from ${MODULE}. \`@countersign/stripe-mock\` installs it where it fits; there is no reason to install it by hand.\n`
}
