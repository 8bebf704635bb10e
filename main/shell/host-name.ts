/** The development stand-in runs this code in plain Node, which has no Electron version to show. */
export function hostName(): 'electron' | 'stand-in' {
  return process.versions.electron ? 'electron' : 'stand-in';
}

/**
 * Below what the laptop's system is looked at: all of it. Only the development stand-in may be shown a made-up one, because
 * whoever could choose it could make a laptop look as the office wants it.
 */
export function systemRoot(): string {
  return (hostName() === 'stand-in' && process.env.HANARE_STANDIN_ROOT) || '/';
}
