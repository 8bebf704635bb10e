/** The development stand-in runs this code in plain Node, which has no Electron version to show. */
export function hostName(): 'electron' | 'stand-in' {
  return process.versions.electron ? 'electron' : 'stand-in';
}
