import { showFingerprint } from './code-groups.ts';
import './facts.css';

/** Four groups a line, so that the eye and a finger on the paper keep their place. */
export function Fingerprint({ hex }: Readonly<{ hex: string }>) {
  return (
    <span className="fingerprint">
      {showFingerprint(hex).map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two groups may be the same, and they never move
        <span key={index}>{group} </span>
      ))}
    </span>
  );
}
