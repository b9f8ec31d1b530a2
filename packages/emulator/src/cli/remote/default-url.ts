/** Beside those that stripe-mock takes unless told otherwise: 12111 for HTTP and 12112 for HTTPS. */
export const DEFAULT_PORT = 12_113

export const DEFAULT_URL: string = `http://127.0.0.1:${DEFAULT_PORT}`
