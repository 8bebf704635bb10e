import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import './dialog.css';

export type DialogProps = Readonly<{ title: string; onCancel: () => void; children: ReactNode }>;

/** One question over whatever is there. Escape cancels; a press outside does not, or a half-typed answer would be lost. */
export function Dialog({ title, onCancel, children }: DialogProps) {
  return (
    <ModalOverlay
      className="dialog-ground"
      isOpen
      onOpenChange={(open) => {
        if (!open) onCancel();
      }}
    >
      <Modal className="dialog">
        <AriaDialog className="dialog__body">
          <Heading slot="title" className="dialog__title" level={2}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
