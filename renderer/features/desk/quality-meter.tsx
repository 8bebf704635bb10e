import type { Link, LinkQuality } from '#contract/ipc/state.ts';
import { useText } from '../../app/text.ts';
import './quality-meter.css';

const lit: Readonly<Record<LinkQuality, number>> = { good: 3, fair: 2, poor: 1, silent: 0 };

/** Three bars, the round trip and a word: the colour alone says nothing. */
export function QualityMeter({ link }: Readonly<{ link: Link }>) {
  const { text } = useText();
  return (
    <span className={`meter meter--${link.quality}`} title={text('bar.quality')}>
      <svg viewBox="0 0 18 16" width="18" height="16" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <rect
            key={bar}
            className={bar < lit[link.quality] ? 'meter__bar meter__bar--lit' : 'meter__bar'}
            x={0.5 + bar * 6}
            y={10 - bar * 4.75}
            width="4.5"
            height={5.5 + bar * 4.75}
            rx="1"
          />
        ))}
      </svg>
      <span className="visually-hidden">{text('bar.quality')}</span>
      <span className="meter__word">{text(`quality.${link.quality}`)}</span>
      <span className="meter__time">
        {link.quality === 'silent'
          ? null
          : link.rttMs === null
            ? text('bar.rttUnknown')
            : text('bar.rtt', { ms: Math.round(link.rttMs) })}
      </span>
    </span>
  );
}
