import type { Target } from '../../src/target.ts'
import { createNextTarget } from '../next/create-next-target.ts'

const target: Target = createNextTarget(import.meta.dirname)

export default target
