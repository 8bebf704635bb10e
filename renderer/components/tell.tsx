import { ChevronRight } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import './tell.css';

/** What only some people need, one press away. */
export function Tell({
  title,
  open = false,
  children,
}: Readonly<{ title: string; open?: boolean; children: ReactNode }>) {
  const whole = useRef<HTMLDivElement>(null);
  return (
    <Disclosure
      className="tell"
      ref={whole}
      defaultExpanded={open}
      onExpandedChange={(expanded) => {
        // Once it has its height: on a low screen what was asked for would open below the edge.
        if (expanded) requestAnimationFrame(() => whole.current?.scrollIntoView({ block: 'nearest' }));
      }}
    >
      <Heading className="tell__heading" level={2}>
        <AriaButton slot="trigger" className="tell__button">
          <ChevronRight className="tell__sign" size={20} aria-hidden="true" />
          {title}
        </AriaButton>
      </Heading>
      <DisclosurePanel className="tell__panel">{children}</DisclosurePanel>
    </Disclosure>
  );
}
