import { CloudOff, Scaling } from 'lucide-react';
import { useText } from '../../app/text.ts';

export type OldPicture = 'silent' | 'reopening';

/**
 * Over the dimmed picture, which is old: nothing is heard from the office, where input still goes through, because a short
 * pause loses no key; or the desk is being connected to anew.
 */
export function OldPictureNotice({ why }: Readonly<{ why: OldPicture | null }>) {
  const { text } = useText();
  return (
    <div className={why === null ? 'silent' : 'silent silent--shown'}>
      <div className="silent__notice" role="status">
        {why === 'silent' ? (
          <>
            <CloudOff size={24} aria-hidden="true" />
            <div>
              <p className="silent__title">{text('silent.title')}</p>
              <p>{text('silent.body')}</p>
              <p>{text('silent.after')}</p>
            </div>
          </>
        ) : null}
        {why === 'reopening' ? (
          <>
            <Scaling size={24} aria-hidden="true" />
            <div>
              <p className="silent__title">{text('reopening.title')}</p>
              <p>{text('reopening.body')}</p>
            </div>
          </>
        ) : null}
      </div>
    </div>
  );
}
