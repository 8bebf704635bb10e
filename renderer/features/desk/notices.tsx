import { TriangleAlert } from 'lucide-react';
import { Dialog, DialogTrigger, Heading, Popover } from 'react-aria-components';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { sayFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import '../../components/menu.css';
import './notices.css';

export type NoticesProps = Readonly<{
  notices: readonly Failure[];
  onRules: () => void;
  onOpenChange: (open: boolean) => void;
}>;

/** Rules that are broken now and only warned of: how many, and one press away which and what to do. */
export function Notices({ notices, onRules, onOpenChange }: NoticesProps) {
  const { text, language } = useText();
  const label = text('bar.notices', { count: notices.length });
  return (
    <DialogTrigger onOpenChange={onOpenChange}>
      <Button kind="bar" icon={<TriangleAlert className="notices__sign" size={20} aria-hidden="true" />}>
        {label}
      </Button>
      <Popover className="menu-popover" placement="bottom end" offset={4}>
        <Dialog className="notices">
          {({ close }) => (
            <>
              <Heading slot="title" level={2} className="notices__title">
                {text('notices.title')}
              </Heading>
              <ul className="notices__list">
                {notices.map((notice) => {
                  const said = sayFailure(notice, language);
                  return (
                    <li key={JSON.stringify(notice)} className="notices__item">
                      <p className="notices__what">{said.title}</p>
                      <p>{said.user}</p>
                      <p className="notices__code">
                        {text('ended.code')} {said.code}
                      </p>
                    </li>
                  );
                })}
              </ul>
              <Button
                onPress={() => {
                  close();
                  onRules();
                }}
              >
                {text('rules.open')}
              </Button>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
