import { FileSearch, ShieldCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Receipt } from '#contract/ipc/state.ts';
import { useText } from '../../app/text.ts';
import './receipt.css';

export type ReceiptNoteProps = Readonly<{
  /** `none`: no desk was opened, so nothing of one can be left. `failed`: nobody could look. */
  receipt: Receipt | 'pending' | 'none' | 'failed';
}>;

/** What a session has left on this laptop. The status is there before there is an answer. */
export function ReceiptNote({ receipt }: ReceiptNoteProps) {
  const { text } = useText();
  return (
    <section className="receipt" aria-label={text('receipt.label')}>
      <div role="status">
        <Words receipt={receipt} />
      </div>
    </section>
  );
}

function Words({ receipt }: ReceiptNoteProps) {
  const { text } = useText();
  if (receipt === 'pending') {
    return (
      <Line icon={<FileSearch className="receipt__looking" size={24} aria-hidden="true" />}>
        {text('receipt.pending')}
      </Line>
    );
  }
  if (receipt === 'none') {
    return <Line icon={<ShieldCheck size={24} aria-hidden="true" />}>{text('ended.nothingLeft')}</Line>;
  }
  if (receipt === 'failed') return <Doubt title={text('receipt.unknown')}>{text('receipt.tell')}</Doubt>;
  if (!receipt.clean) return <Found receipt={receipt} />;
  return (
    <>
      <Line icon={<ShieldCheck size={24} aria-hidden="true" />}>{text('receipt.clean')}</Line>
      <Looked receipt={receipt} />
    </>
  );
}

function Found({ receipt }: Readonly<{ receipt: Receipt }>) {
  const { text } = useText();
  const { found, unread } = receipt;
  const all = text(found.every(({ removed }) => removed) ? 'receipt.allRemoved' : 'receipt.someLeft');
  return (
    <Doubt title={text(found.length > 0 ? 'receipt.found' : 'receipt.unread')}>
      <p>
        {[...(found.length > 0 ? [all] : []), text('receipt.tell')].map((sentence) => (
          <span key={sentence} className="receipt__sentence">
            {sentence}
          </span>
        ))}
      </p>
      <ul className="receipt__list">
        {found.map(({ place, what, removed }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a report does not change, and may name two alike
          <li key={index}>
            <span className="receipt__place">{text(`place.${place}`)}</span>
            <span className="receipt__what">{what}</span>
            <span>{text(removed ? 'receipt.removed' : 'receipt.left')}</span>
          </li>
        ))}
        {unread.map((place) => (
          <li key={place}>
            <span className="receipt__place">{text(`place.${place}`)}</span>
            <span>{text('receipt.notLooked')}</span>
          </li>
        ))}
      </ul>
      <Looked receipt={receipt} />
    </Doubt>
  );
}

function Looked({ receipt }: Readonly<{ receipt: Receipt }>) {
  const { text, moment } = useText();
  return (
    <p className="receipt__looked">
      <span className="receipt__sentence">
        {text('receipt.looked', { time: moment(receipt.at), count: receipt.files })}
      </span>
      <span className="receipt__sentence">{text(`receipt.kept.${receipt.kept}`)}</span>
    </p>
  );
}

function Line({ icon, children }: Readonly<{ icon: ReactNode; children: ReactNode }>) {
  return (
    <p className="receipt__line">
      {icon}
      {children}
    </p>
  );
}

function Doubt({ title, children }: Readonly<{ title: string; children: ReactNode }>) {
  return (
    <div className="receipt__doubt">
      <TriangleAlert size={24} aria-hidden="true" />
      <div className="receipt__words">
        <p className="receipt__title">{title}</p>
        {children}
      </div>
    </div>
  );
}
