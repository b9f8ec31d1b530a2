import express from 'express-4'
import type { Target } from '../../src/target.ts'
import { createExpressTarget } from '../express/create-express-target.ts'

const target: Target = createExpressTarget(express, 'express-4')

export default target
