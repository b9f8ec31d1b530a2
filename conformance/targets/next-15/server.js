import next from 'next'
import { serve } from '../next/serve.js'

await serve(next, import.meta.dirname)
