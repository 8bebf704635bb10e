import { CloudOff } from 'lucide-react';
import { useText } from '../../app/text.ts';

/** Over the dimmed picture while nothing is heard from the office. Input still goes through: a short pause loses no key. */
export function SilentNotice({ shown }: Readonly<{ shown: boolean }>) {
  const { text } = useText();
  return (
    <div className={shown ? 'silent silent--shown' : 'silent'}>
      <div className="silent__notice" role="status">
        {shown ? (
          <>
            <CloudOff size={24} aria-hidden="true" />
            <div>
              <p className="silent__title">{text('silent.title')}</p>
              <p>{text('silent.body')}</p>
              <p>{text('silent.after')}</p>
            </div>
          </>
        ) : null}
      </div>
    </div>
  );
}
